import type { ServerResponse } from 'node:http';

import type { SandboxClock } from '../domain/SandboxClock.ts';
import type { Settings } from '../domain/SandboxOptions.ts';
import type { StreamEffect } from '../faults/Fault.ts';
import { type EventsVersion, formatEvent } from '../format/formatEvent.ts';
import type { EventRow, EventTable } from '../store/EventTable.ts';
import { EndTimer } from './EndTimer.ts';
import { StreamFaults } from './StreamFaults.ts';
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

/**
 * One open stream: replays from the log at the reader's pace, then follows live with no gap between.
 * A reader too slow for live events loses them and is told how many, as the API does.
 */
export class EventStream {
  readonly #parts: EventStreamParts;
  readonly #faults: StreamFaults;
  #heartbeat: NodeJS.Timeout | undefined;
  #endTimer: EndTimer | undefined;
  /** Everything up to this sequence number was delivered, left out or lost. */
  #position: number;
  #live = false;
  #closed = false;
  #silent = false;
  #blocked = false;
  /** Live events that a slow reader lost and was not told of yet. */
  #dropped = 0;
  /** Events up to here come although the range leaves them out. */
  #duplicatesUpTo = 0;

  /** Sends nothing yet, see `start`: whatever may fail fails before there is a status. */
  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    this.#faults = new StreamFaults(parts.effects);
    this.#position = this.#firstPosition();
  }

  /** Sends the head, the replay, and from then on what comes. */
  start(): void {
    const { response, settings, headers, range, clock } = this.#parts;
    response.on('close', () => this.#close());
    response.on('drain', () => this.#drained());
    // A reader that is gone shows as 'close' too; an unheard 'error' would end the process.
    response.on('error', () => undefined);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', ...headers });
    this.#heartbeat = setInterval(() => this.#write(':heartbeat\n\n'), settings.heartbeatMs);
    this.#write(': welcome\n\n');
    this.#applyEffects();
    this.#replay();
    const end = range.endsAt();
    if (end !== null) this.#endTimer = new EndTimer(end, clock, () => this.endIfOver());
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

  /** Ends the stream, status 200, once its `until` has passed; what was lost is told before. */
  endIfOver(): void {
    const { range, clock, response } = this.#parts;
    if (!this.#live || this.#silent || response.writableEnded) return;
    if (!range.isOver(clock.now(), this.#position)) return;
    this.#tellDropped();
    response.end();
  }

  /** Lets something happen to the stream now. */
  disturb(effect: StreamEffect): void {
    this.#faults.add(effect);
    this.#applyEffects();
  }

  /** Cuts the connection behind what was written, without the end that HTTP wants. */
  cut(): void {
    this.#silent = true;
    this.#parts.response.socket?.destroySoon();
  }

  /** Destroys the connection with whatever a reader that paused has not taken yet. */
  destroy(): void {
    this.#silent = true;
    this.#parts.response.destroy();
  }

  #firstPosition(): number {
    const { range, events, settings } = this.#parts;
    const asked = range.startAfter(events);
    const messages = this.#faults.duplicates;
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
    if (this.#faults.loses()) {
      if (this.#faults.isDoneLosing) this.#tellDropped();
      return;
    }
    this.#write(formatEvent(event, this.#parts.version));
    this.#faults.delivered();
    this.#applyEffects();
  }

  #applyEffects(): void {
    for (const effect of this.#faults.due()) this.#apply(effect);
  }

  #apply({ kind }: StreamEffect): void {
    if (kind === 'cut') this.cut();
    if (kind === 'silence') this.#silent = true;
    if (kind === 'internalError') {
      this.#write(': internal server error\n\n');
      this.#silent = true;
      this.#parts.response.end();
    }
  }

  /** Tells how many events the reader lost, by its slowness or by a fault, and was not told of yet. */
  #tellDropped(): void {
    const count = this.#dropped + this.#faults.takeLost();
    this.#dropped = 0;
    if (count > 0) this.#write(`: you are reading too slowly, dropped ${count} messages\n\n`);
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
    if (this.#dropped > 0) this.#tellDropped();
    if (this.#live) return;
    this.#blocked = false;
    this.#replay();
  }

  #close(): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    this.#endTimer?.close();
    this.#parts.onClose();
  }
}
