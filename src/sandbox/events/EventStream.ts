import type { ServerResponse } from 'node:http';

import type { SandboxClock } from '../SandboxClock.ts';
import type { Settings } from '../SandboxOptions.ts';
import type { StreamEffect } from '../faults/Fault.ts';
import { type EventsVersion, formatEvent } from '../format/formatEvent.ts';
import { microsPerMillisecond } from '../instant.ts';
import type { EventRow, EventTable } from '../store/EventTable.ts';
import type { StreamRange } from './StreamRange.ts';

export interface EventStreamParts {
  events: EventTable;
  clock: SandboxClock;
  settings: Settings;
  response: ServerResponse;
  headers: Readonly<Record<string, string>>;
  version: EventsVersion;
  range: StreamRange;
  effects: readonly StreamEffect[];
  onClose: () => void;
}

/** Events of a replay that are read at once. */
const replayPage = 200;
/** setTimeout's longest; whoever waits for a later end is asked again then. */
const longestWaitMs = 2_147_483_647;

/**
 * One open stream: replays from the log at the reader's pace, then follows live with no gap between.
 * A reader too slow for live events loses them and is told how many, as the API does.
 */
export class EventStream {
  readonly #parts: EventStreamParts;
  readonly #heartbeat: NodeJS.Timeout;
  #effects: StreamEffect[];
  #endTimer: NodeJS.Timeout | undefined;
  /** Everything up to this sequence number was delivered, left out or lost. */
  #position: number;
  #live = false;
  #closed = false;
  #silent = false;
  #blocked = false;
  #delivered = 0;
  /** Live events that a slow reader lost and was not told of yet. */
  #dropped = 0;
  /** Events that a fault still wants lost, and how many it took already. */
  #toDrop = 0;
  #lost = 0;
  /** Events up to here come although the range leaves them out. */
  #duplicatesUpTo = 0;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    this.#effects = [...parts.effects];
    this.#position = this.#start();
    const { response, settings } = parts;
    this.#heartbeat = setInterval(() => this.#write(':heartbeat\n\n'), settings.heartbeatMs);
    response.on('close', () => this.#close());
    response.on('drain', () => this.#drained());
    // A reader that is gone shows as 'close' too; an unheard 'error' would end the process.
    response.on('error', () => undefined);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', ...parts.headers });
    this.#write(': welcome\n\n');
    this.#applyEffects();
    this.#replay();
    this.#waitForEnd();
  }

  get version(): EventsVersion {
    return this.#parts.version;
  }

  /** Takes events that were just committed. */
  publish(events: readonly EventRow[]): void {
    if (!this.#live) return;
    for (const event of events) {
      if (event.seq <= this.#position) continue;
      this.#position = event.seq;
      if (this.#isFull()) this.#dropped += this.#isWanted(event) ? 1 : 0;
      else this.#deliver(event);
    }
    this.endIfOver();
  }

  /** Ends the stream, status 200, once its `until` has passed. */
  endIfOver(): void {
    const { range, clock, response } = this.#parts;
    if (this.#live && !response.writableEnded && range.isOver(clock.now(), this.#position)) response.end();
  }

  /** Lets something happen to the stream now. */
  disturb(effect: StreamEffect): void {
    this.#effects.push(effect);
    this.#applyEffects();
  }

  /** Cuts the connection behind what was written, without the end that HTTP wants. */
  cut(): void {
    this.#silent = true;
    this.#parts.response.socket?.destroySoon();
  }

  #start(): number {
    const { range, events, settings, effects } = this.#parts;
    const asked = range.startAfter(events);
    const messages = effects.reduce((sum, effect) => sum + (effect.kind === 'duplicates' ? effect.messages : 0), 0);
    if (messages > 0) this.#duplicatesUpTo = asked;
    const oldest = settings.eventRetention === undefined ? 0 : events.last().seq - settings.eventRetention;
    return Math.max(asked - messages, oldest, 0);
  }

  #replay(): void {
    while (!this.#closed && !this.#blocked) {
      const page = this.#parts.events.after(this.#position, replayPage);
      if (page.length === 0) {
        this.#live = true;
        this.endIfOver();
        return;
      }
      for (const event of page) {
        this.#position = event.seq;
        this.#deliver(event);
      }
    }
  }

  #isWanted(event: EventRow): boolean {
    return event.seq <= this.#duplicatesUpTo || this.#parts.range.includes(event);
  }

  #deliver(event: EventRow): void {
    if (this.#silent || !this.#isWanted(event)) return;
    if (this.#toDrop > 0) {
      this.#drop();
      return;
    }
    this.#write(formatEvent(event, this.#parts.version));
    this.#delivered += 1;
    this.#applyEffects();
  }

  #applyEffects(): void {
    const due = this.#effects.filter((effect) => effect.kind !== 'duplicates' && effect.after <= this.#delivered);
    if (due.length === 0) return;
    this.#effects = this.#effects.filter((effect) => !due.includes(effect));
    for (const effect of due) this.#apply(effect);
  }

  #apply(effect: StreamEffect): void {
    switch (effect.kind) {
      case 'cut':
        this.cut();
        break;
      case 'silence':
        this.#silent = true;
        clearInterval(this.#heartbeat);
        break;
      case 'dropped':
        this.#toDrop += effect.messages;
        break;
      case 'internalError':
        this.#write(': internal server error\n\n');
        this.#silent = true;
        this.#parts.response.end();
        break;
      case 'duplicates':
        break;
    }
  }

  /** Loses one event; the reader hears of it once all that should be lost is, as with a real slow reader. */
  #drop(): void {
    this.#toDrop -= 1;
    this.#lost += 1;
    if (this.#toDrop > 0) return;
    this.#tellDropped(this.#lost);
    this.#lost = 0;
  }

  #tellDropped(count: number): void {
    this.#write(`: you are reading too slowly, dropped ${count} messages\n\n`);
  }

  #write(text: string): void {
    const { response } = this.#parts;
    if (this.#silent || this.#closed || response.writableEnded) return;
    if (!response.write(text) && !this.#live) this.#blocked = true;
  }

  #isFull(): boolean {
    const { response, settings } = this.#parts;
    if (this.#dropped > 0) return true;
    return response.writableNeedDrain && response.writableLength > settings.streamBufferBytes;
  }

  #drained(): void {
    if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      this.#tellDropped(count);
    }
    if (this.#live) return;
    this.#blocked = false;
    this.#replay();
  }

  #waitForEnd(): void {
    const { range, clock } = this.#parts;
    const end = range.endsAt();
    if (end === null || clock.manual) return;
    const wait = Math.floor((end - clock.now()) / microsPerMillisecond) + 1;
    if (wait <= 0) return;
    this.#endTimer = setTimeout(
      () => {
        this.endIfOver();
        this.#waitForEnd();
      },
      Math.min(wait, longestWaitMs),
    );
  }

  #close(): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#endTimer);
    this.#parts.onClose();
  }
}
