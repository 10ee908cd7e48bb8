import type { StreamEffect } from '../faults/Fault.ts';

/** What befalls one open stream, and how far it has got: the stream asks, and does what it is told. */
export class StreamFaults {
  #waiting: StreamEffect[];
  #delivered = 0;
  /** Events that still want to be lost, and how many are already. */
  #toLose = 0;
  #lost = 0;

  constructor(effects: readonly StreamEffect[]) {
    this.#waiting = [...effects];
  }

  /** How many events from before the asked range come first. */
  get duplicates(): number {
    return this.#waiting.reduce((sum, effect) => sum + (effect.kind === 'duplicates' ? effect.messages : 0), 0);
  }

  add(effect: StreamEffect): void {
    this.#waiting.push(effect);
  }

  delivered(): void {
    this.#delivered += 1;
  }

  /** The effects whose time has come, each once; what should be lost is counted here. */
  due(): StreamEffect[] {
    if (this.#waiting.length === 0) return [];
    const due = this.#waiting.filter((effect) => effect.kind !== 'duplicates' && effect.after <= this.#delivered);
    this.#waiting = this.#waiting.filter((effect) => !due.includes(effect));
    for (const effect of due) if (effect.kind === 'dropped') this.#toLose += effect.messages;
    return due;
  }

  /** Whether this event is lost. */
  loses(): boolean {
    if (this.#toLose === 0) return false;
    this.#toLose -= 1;
    this.#lost += 1;
    return true;
  }

  /** Whether all that should be lost is: the reader hears of it then, as with a real slow reader. */
  get isDoneLosing(): boolean {
    return this.#toLose === 0;
  }

  /** How many were lost since the reader was last told. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }
}
