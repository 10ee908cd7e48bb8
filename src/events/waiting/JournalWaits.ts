import { Backoff } from '../../concurrency/Backoff.ts';
import { SharedTimer } from '../../concurrency/SharedTimer.ts';
import { pause } from '../../concurrency/waitFor.ts';
import type { Journal } from '../../domain/journal.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import { messageOf } from '../../errors/messageOf.ts';
import type { Log } from '../../log.ts';
import { steadyNow } from '../../upstream/transport/ApiClock.ts';

import type { StatusMark } from '../cursor/PositionedEvent.ts';
import type { FeedState } from '../feed/Feed.ts';
import type { StatusReader } from '../feed/StatusReader.ts';
import { JournalWait } from './JournalWait.ts';
import type { WaitingClient, WaitParts } from './JournalWait.ts';
import { WaitedJournal } from './WaitedJournal.ts';
import type { JournalSnapshot } from './WaitedJournal.ts';

/** The part of `StatusEvents` that waits need. */
export interface WaitEvents {
  readonly feedState: FeedState;
  readonly mark: StatusMark | null;
  subscribe(accepts: (event: JournalStatusEvent) => boolean, after: null): StatusReader;
  cursorAt(steadyMs: number): string;
  lastStatusOf(journalId: string): string | undefined;
}

export interface JournalWaitsOptions {
  events: WaitEvents;
  /** Reads a journal. Used only when the feed can't tell the state of the journal. */
  read: (id: string, signal: AbortSignal) => Promise<Journal | null>;
  log: Log;
}

/** Pause between two checks of the feed's state, and between two reads of journals, in ms. */
const tickMs = 100;
/** How long the feed may be without a stream before it counts as down, in ms. It usually reconnects within a moment. */
const downAfterMs = 2_000;
/** Pause between two reads of the same journal while the feed is down, in ms. */
const readEveryMs = 5_000;

/**
 * Lets clients wait until a journal is no longer under way. All waits share one subscription to the feed. While the
 * feed is down, the journals are read in turn, one at a time, each once for all clients that wait for it.
 */
export class JournalWaits {
  readonly #options: JournalWaitsOptions;
  /** The awaited journals by id, the least recently read one first. */
  readonly #waited = new Map<string, WaitedJournal>();
  /** Journals that were last read before the feed began: the feed may lack their later events. */
  readonly #uncovered = new Set<string>();
  readonly #closing = new AbortController();
  #reader: StatusReader | null = null;
  #isWatching = false;
  readonly #parts: WaitParts = {
    timer: new SharedTimer(),
    feedCursor: () => this.#reader?.restingCursor ?? null,
  };

  constructor(options: JournalWaitsOptions) {
    this.#options = options;
  }

  /**
   * Collects the events of a journal from now on. Must be called before the journal is read.
   *
   * @param id in lower case
   * @returns the argument for `leave`, which must be called when the events are no longer needed
   */
  follow(id: string): WaitedJournal {
    const { events } = this.#options;
    const waited = this.#waited.get(id) ?? new WaitedJournal(id, events.lastStatusOf(id));
    waited.followers += 1;
    this.#waited.set(id, waited);
    if (events.mark === null) this.#uncovered.add(id);
    this.#reader ??= this.#subscribe();
    return waited;
  }

  /**
   * Creates a wait, which starts when its `begin` is called.
   *
   * @param own the state of the journal that the client has read after `follow`
   */
  prepare(waited: WaitedJournal, own: JournalSnapshot, client: WaitingClient): JournalWait {
    void this.#watchFeed();
    return new JournalWait(this.#parts, waited, own, client);
  }

  /** Stops collecting events. Must be called once for each call of `follow`. */
  leave(waited: WaitedJournal): void {
    waited.followers -= 1;
    if (waited.followers > 0) return;
    this.#waited.delete(waited.id);
    this.#uncovered.delete(waited.id);
    if (this.#waited.size > 0) return;
    void this.#reader?.return?.();
    this.#reader = null;
  }

  close(): void {
    this.#closing.abort();
    void this.#reader?.return?.();
  }

  #subscribe(): StatusReader {
    const accepts = ({ journalId }: JournalStatusEvent) => this.#waited.has(journalId.toLowerCase());
    const reader = this.#options.events.subscribe(accepts, null);
    void this.#deliver(reader);
    return reader;
  }

  async #deliver(reader: StatusReader): Promise<void> {
    try {
      for await (const { event, cursor } of reader)
        this.#waited.get(event.journalId.toLowerCase())?.noteEvent(event, cursor);
    } catch (error) {
      const problem = messageOf(error);
      this.#options.log.warn({ problem }, 'events of awaited journals were lost: reading the journals');
      if (this.#reader !== reader || this.#closing.signal.aborted) return;
      this.#reader = this.#subscribe();
      for (const id of this.#waited.keys()) this.#uncovered.add(id);
    }
  }

  /** Runs while any journal is awaited, and reads journals whose events the feed may lack. */
  async #watchFeed(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { signal } = this.#closing;
    const backoff = new Backoff({ firstMs: 1_000, maxMs: 10_000 });
    let pauseMs = tickMs;
    while (this.#waited.size > 0 && !signal.aborted) {
      await pause(pauseMs, signal);
      const id = this.#nextToRead();
      pauseMs = id === null || (await this.#read(id)) ? tickMs : tickMs + backoff.next();
      if (pauseMs === tickMs) backoff.reset();
    }
    this.#isWatching = false;
  }

  #nextToRead(): string | null {
    const { isOpen, downMs } = this.#options.events.feedState;
    const [uncovered = null] = this.#uncovered;
    if (isOpen) return uncovered;
    if (downMs !== null && downMs < downAfterMs) return null;
    const [waited] = this.#waited.values();
    return waited && steadyNow() - waited.readMs >= readEveryMs ? waited.id : null;
  }

  /** Reads a journal and returns whether that succeeded. */
  async #read(id: string): Promise<boolean> {
    const { events, read } = this.#options;
    const startedMs = steadyNow();
    const { mark } = events;
    const journal = await read(id, this.#closing.signal).catch(() => undefined);
    const waited = this.#waited.get(id);
    if (!waited) return journal !== undefined;
    this.#waited.delete(id);
    this.#waited.set(id, waited);
    waited.readMs = startedMs;
    if (journal === undefined) return false;
    if (mark !== null) this.#uncovered.delete(id);
    if (journal) waited.noteRead({ journal, cursor: mark?.cursor ?? events.cursorAt(startedMs), startedMs });
    return true;
  }
}
