import type { StreamEffect } from '../faults/Fault.ts';

/** The pending effects of one open stream, and how many events were delivered and dropped. */
export class StreamFaults {
  #pending: StreamEffect[];
  #delivered = 0;
  #toDrop = 0;
  /** Number of dropped events that haven't been reported yet. */
  #dropped = 0;

  constructor(effects: readonly StreamEffect[]) {
    this.#pending = [...effects];
  }

  /** How many events from before the requested range are sent first. */
  get duplicates(): number {
    return this.#pending.reduce((sum, effect) => sum + (effect.kind === 'duplicates' ? effect.messages : 0), 0);
  }

  add(effect: StreamEffect): void {
    this.#pending.push(effect);
  }

  countDelivered(): void {
    this.#delivered += 1;
  }

  /** Removes and returns the effects that are due. Those of the kind `dropped` make `dropsNext` drop events. */
  takeDue(): StreamEffect[] {
    if (this.#pending.length === 0) return [];
    const due = this.#pending.filter((effect) => effect.kind !== 'duplicates' && effect.after <= this.#delivered);
    this.#pending = this.#pending.filter((effect) => !due.includes(effect));
    for (const effect of due) if (effect.kind === 'dropped') this.#toDrop += effect.messages;
    return due;
  }

  /** Whether to drop the next event. If so, counts it as dropped. */
  dropsNext(): boolean {
    if (this.#toDrop === 0) return false;
    this.#toDrop -= 1;
    this.#dropped += 1;
    return true;
  }

  /** Whether all events to drop have been dropped. Their number is then reported, as for a slow reader. */
  get isDoneDropping(): boolean {
    return this.#toDrop === 0;
  }

  /** Returns how many events were dropped since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}
