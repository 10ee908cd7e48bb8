import type { StreamEffect } from '../faults/Fault.ts';
import { Refusal } from '../api/Refusal.ts';
import type { EventTable } from '../store/EventTable.ts';
import { EventStream, type EventStreamParts } from './EventStream.ts';

export interface StreamStats {
  open: number;
  mostOpen: number;
  opened: number;
  refused: number;
  byVersion: { v1: number; v2: number };
}

/** All open streams. Publishes committed events to them. */
export class EventHub {
  readonly #events: EventTable;
  readonly #streams = new Set<EventStream>();
  #lastSeq: number;
  #opened = 0;
  #refused = 0;
  #mostOpen = 0;
  #closed = false;

  constructor(events: EventTable) {
    this.#events = events;
    this.#lastSeq = events.last().seq;
  }

  /**
   * Turns a response into a stream. Destroys the response instead if the client has disconnected or the hub is closed.
   *
   * @param drawEffects called only if the stream opens
   * @throws Refusal 429 if too many streams are open
   */
  open(
    parts: Omit<EventStreamParts, 'events' | 'effects' | 'onClose'>,
    drawEffects: () => readonly StreamEffect[],
  ): void {
    if (this.#closed || parts.response.destroyed) {
      // A stream must not be added: no 'close' event would follow to remove it.
      parts.response.destroy();
      return;
    }
    if (this.#streams.size >= parts.settings.maxStreams) {
      this.#refused += 1;
      throw new Refusal(429, `too many requests: at most ${parts.settings.maxStreams} event streams`);
    }
    const onClose = () => this.#streams.delete(stream);
    const stream: EventStream = new EventStream({ ...parts, effects: drawEffects(), events: this.#events, onClose });
    this.#streams.add(stream);
    this.#opened += 1;
    this.#mostOpen = Math.max(this.#mostOpen, this.#streams.size);
    stream.start();
  }

  /** Publishes the events committed since the last call. */
  publish(): void {
    const events = this.#streams.size === 0 ? [] : this.#events.after(this.#lastSeq, -1);
    this.#lastSeq = events.at(-1)?.seq ?? this.#events.last().seq;
    for (const stream of this.#streams) stream.publish(events);
  }

  /** Applies an effect to every open stream and returns how many there are. */
  applyToAll(effect: StreamEffect): number {
    const streams = [...this.#streams];
    for (const stream of streams) stream.apply(effect);
    return streams.length;
  }

  stats(): StreamStats {
    const versions = [...this.#streams].map((stream) => stream.version);
    const v1 = versions.filter((version) => version === 'v1').length;
    return {
      open: versions.length,
      mostOpen: this.#mostOpen,
      opened: this.#opened,
      refused: this.#refused,
      byVersion: { v1, v2: versions.length - v1 },
    };
  }

  /** Cuts every stream and starts over with an empty log. */
  reset(): void {
    this.#cutAll();
    this.#lastSeq = 0;
    [this.#opened, this.#refused, this.#mostOpen] = [0, 0, 0];
  }

  /** Cuts every stream and opens no more. */
  close(): void {
    this.#closed = true;
    this.#cutAll();
  }

  #cutAll(): void {
    for (const stream of this.#streams) stream.destroy();
  }
}
