import type { ServerResponse } from 'node:http';

import type { SandboxClock } from '../values/SandboxClock.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
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

/** Number of events that a replay reads per query. */
const replayPage = 200;

/**
 * One open stream. Replays from the log at the reader's pace, then continues with live events without a gap.
 * A reader that is too slow for live events loses some; as in the API, a comment reports how many.
 */
export class EventStream {
  readonly #parts: EventStreamParts;
  readonly #faults: StreamFaults;
  #heartbeat: NodeJS.Timeout | undefined;
  #endTimer: EndTimer | undefined;
  /** Every event up to this sequence number was delivered, filtered out or dropped. */
  #position: number;
  #live = false;
  #closed = false;
  #silent = false;
  /** Whether the replay waits for a slow reader. */
  #blocked = false;
  /** Dropped live events that no comment has reported yet. */
  #dropped = 0;
  /** Events up to this sequence number are sent even if they are out of range. */
  #duplicatesUpTo = 0;

  /** Sends nothing until `start`, so that an error in the constructor can still become an error response. */
  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    this.#faults = new StreamFaults(parts.effects);
    this.#position = this.#firstPosition();
  }

  /** Sends the headers, the replay and then live events. */
  start(): void {
    const { response, settings, headers, range, clock } = this.#parts;
    response.on('close', () => this.#close());
    response.on('drain', () => this.#drained());
    // The 'close' event that follows is handled above. Without a listener, 'error' would end the process.
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

  /** Delivers events that were just committed. */
  publish(events: readonly EventRow[]): void {
    if (!this.#live) return;
    for (const event of events) {
      if (event.seq <= this.#position) continue;
      this.#position = event.seq;
      if (this.#isFull()) this.#dropped += this.#isInRange(event) ? 1 : 0;
      else this.#deliver(event);
    }
    this.endIfOver();
  }

  /** Ends the stream normally if its `until` has passed, after reporting dropped events. */
  endIfOver(): void {
    const { range, clock, response } = this.#parts;
    if (!this.#live || this.#silent || response.writableEnded) return;
    if (!range.isOver(clock.now(), this.#position)) return;
    this.#reportDropped();
    response.end();
  }

  /** Adds an effect to the stream. */
  apply(effect: StreamEffect): void {
    this.#faults.add(effect);
    this.#applyEffects();
  }

  /** Closes the connection once everything written has been sent, without ending the HTTP message. */
  cut(): void {
    this.#silent = true;
    this.#parts.response.socket?.destroySoon();
  }

  /** Destroys the connection at once. Data that a paused reader hasn't read is lost. */
  destroy(): void {
    this.#silent = true;
    this.#parts.response.destroy();
  }

  #firstPosition(): number {
    const { range, events, settings } = this.#parts;
    const start = range.startAfter(events);
    const messages = this.#faults.duplicates;
    if (messages > 0) this.#duplicatesUpTo = start;
    const oldest = settings.eventRetention === undefined ? 0 : events.last().seq - settings.eventRetention;
    return Math.max(start - messages, oldest, 0);
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

  #isInRange(event: EventRow): boolean {
    return event.seq <= this.#duplicatesUpTo || this.#parts.range.includes(event);
  }

  #deliver(event: EventRow): void {
    if (this.#silent || !this.#isInRange(event)) return;
    if (this.#faults.dropsNext()) {
      if (this.#faults.isDoneDropping) this.#reportDropped();
      return;
    }
    this.#write(formatEvent(event, this.#parts.version));
    this.#faults.countDelivered();
    this.#applyEffects();
  }

  #applyEffects(): void {
    for (const effect of this.#faults.takeDue()) this.#execute(effect);
  }

  #execute({ kind }: StreamEffect): void {
    if (kind === 'cut') this.cut();
    if (kind === 'silence') this.#silent = true;
    if (kind === 'internalError') {
      this.#write(': internal server error\n\n');
      this.#silent = true;
      this.#parts.response.end();
    }
  }

  /** Reports how many events were dropped for slowness or by a fault since the last report. */
  #reportDropped(): void {
    const count = this.#dropped + this.#faults.takeDropped();
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
    if (this.#dropped > 0) this.#reportDropped();
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
