import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { beginningErrorMs } from '../cursor/eventPosition.ts';
import { latenessMs, stampOf } from '../cursor/eventStamp.ts';
import { PublishedIds } from '../feed/PublishedIds.ts';
import type { FeedSink, FeedStart } from '../feed/StatusFeed.ts';
import type { StatusHub } from '../feed/StatusHub.ts';

import { LogChangedError } from './EventLog.ts';
import type { AttachedLog, EventLog } from './EventLog.ts';
import type { LogEntry } from './LogEntry.ts';
import type { LogState } from './LogState.ts';

/** Events of this gateway's own stream, which the log may contain later or never. */
interface Unlogged {
  readonly ids: Set<string>;
  /** When the latest of these events happened, in ms. */
  lastMs: number;
  /** How many entries the log contained when this gateway resumed reading it. */
  upTo: number;
}

/**
 * Publishes each event once to this gateway's subscribers: the entries of the shared log or, while the log can't be
 * reached, the events of this gateway's own stream. Positions have the log's offsets as long as this gateway has
 * published the same events as the log.
 */
export class LogPublisher implements FeedSink {
  readonly #hub: StatusHub;
  readonly #log: EventLog;
  readonly #maxLoaded: number;
  #ids = new PublishedIds();
  /** The id of the log that was read last, and the number of the last entry that was read. */
  #logId: string | null = null;
  #number = 0;
  #beganMs: number | null = null;
  /** When the latest event happened, in ms; before the first event, when the feed began. */
  #lastMs = -Infinity;
  /** Null while positions have the log's offsets. */
  #unlogged: Unlogged | null = null;

  /** @param maxLoaded maximum number of past entries that are read if this gateway has no events yet */
  constructor(hub: StatusHub, log: EventLog, maxLoaded: number) {
    this.#hub = hub;
    this.#log = log;
    this.#maxLoaded = maxLoaded;
  }

  get number(): number {
    return this.#number;
  }

  /** Where this gateway's own stream has to continue; undefined if this gateway's feed has not begun. */
  get start(): FeedStart | undefined {
    if (this.#beganMs === null) return undefined;
    return { beganMs: this.#beganMs, publishedMs: this.#lastMs, published: this.#ids };
  }

  /** Called when this gateway's own stream was opened. The feed begins with the first opening. */
  begin(openedMs: number): void {
    if (this.#beganMs !== null) return;
    this.#beginAt(openedMs);
  }

  /** Publishes an event of this gateway's own stream, which has not been published before. */
  publish(event: JournalStatusEvent, isOverlap: boolean): void {
    const ms = this.#noteOwn(event, this.#hub.now());
    this.#lastMs = Math.max(this.#lastMs, ms);
    this.#ids.add(event.id, ms);
    this.#hub.publish(event, isOverlap);
  }

  /** Determines from which entry to read the log. @throws RedisUnavailableError */
  async resume({ state, first }: AttachedLog): Promise<void> {
    if (this.#beganMs === null) this.#load(state, first);
    else if (this.#continues(state, first)) this.#readOn(state);
    else if (await this.#isGap(state, first)) this.#restart(state, first);
    else await this.#switchTo(state, first);
    this.#logId = state.id;
  }

  /**
   * Called when the log begins after this gateway has attached to it.
   *
   * @throws LogChangedError if this gateway may lack earlier events
   */
  noteBeginning(ms: number): void {
    if (this.#beganMs === null) {
      this.#beginAt(ms);
    } else if (this.#isBehind(ms)) {
      // What was read of it so far does not show the gap: `resume` must compare it anew.
      this.#logId = null;
      throw new LogChangedError('the shared log began after the last event of this gateway');
    }
  }

  /** Publishes the next entry, unless it was published before. @throws LogChangedError when entries are missing */
  take(entry: LogEntry): void {
    const { number, event, publishedMs, isOverlap } = entry;
    if (number !== this.#number + 1) throw new LogChangedError(`expected entry ${this.#number + 1}, found ${number}`);
    if (this.#beganMs === null) this.#beginAt(publishedMs);
    this.#number = number;
    this.#lastMs = Math.max(this.#lastMs, publishedMs);
    this.#unlogged?.ids.delete(event.id);
    if (!this.#wasPublished(entry)) {
      this.#ids.add(event.id, Math.min(stampOf(event).ms, publishedMs));
      const { offsets, end } = this.#hub;
      if (!this.#unlogged) offsets.continueFrom({ hub: this.#logId ?? '', published: number - 1 }, end);
      this.#hub.publish(event, isOverlap);
    }
    if (this.#unlogged && isOver(this.#unlogged, number, publishedMs)) this.#unlogged = null;
  }

  #beginAt(ms: number): void {
    this.#beganMs = ms;
    this.#lastMs = Math.max(this.#lastMs, ms);
    this.#hub.begin(ms);
  }

  #wasPublished({ number, event, isOverlap }: LogEntry): boolean {
    if (this.#ids.has(event.id)) return true;
    // An event that arrived live after this gateway resumed reading the log is new, however long ago it happened.
    if (!this.#unlogged || (number > this.#unlogged.upTo && !isOverlap)) return false;
    return stampOf(event).ms < Math.max(this.#ids.evictedMs, this.#beganMs ?? -Infinity);
  }

  /** From now on positions have offsets that only this gateway knows. */
  #leaveLog(): Unlogged {
    if (!this.#unlogged) this.#hub.offsets.continueAlone(this.#hub.end);
    return (this.#unlogged ??= { ids: new Set(), lastMs: -Infinity, upTo: 0 });
  }

  #noteOwn(event: JournalStatusEvent, nowMs: number): number {
    const ms = Math.min(stampOf(event).ms, nowMs);
    const unlogged = this.#leaveLog();
    unlogged.ids.add(event.id);
    unlogged.lastMs = Math.max(unlogged.lastMs, ms);
    return ms;
  }

  /**
   * Begins with the latest entries, which are thus loaded into memory. If readers are waiting, begins with the next
   * entry: they would get past events as live ones.
   */
  #load({ id, count, beganMs, publishedMs }: LogState, first: number): void {
    const loaded = this.#hub.hasReaders ? 0 : this.#maxLoaded;
    this.#number = Math.max(first, count - loaded + 1) - 1;
    this.#hub.offsets.continueFrom({ hub: id, published: this.#number }, this.#hub.end);
    if (this.#number === 0 && beganMs !== null) this.#beginAt(beganMs);
    else if (this.#number > 0 && this.#number === count) this.#beginAt(publishedMs ?? 0);
    // Otherwise the hub begins with the first entry that is read.
  }

  /** Whether the log still has, or will have, every entry after the last one that was read. */
  #continues({ id, count, prior }: LogState, first: number): boolean {
    const isContinued = prior !== null && prior.id === this.#logId && this.#number <= prior.count;
    const isSame = this.#logId === id || isContinued;
    return isSame && first <= this.#number + 1 && this.#number <= count;
  }

  #readOn(state: LogState): void {
    this.#succeed(state);
    if (this.#unlogged) this.#unlogged.upTo = state.count;
  }

  /** @returns the number of the last common entry; null if this log does not continue the log that was read last */
  #succeed({ id, prior }: LogState): number | null {
    if (!prior || prior.id !== this.#logId) return null;
    this.#hub.offsets.succeed({ prior: prior.id, hub: id, count: prior.count });
    return prior.count;
  }

  /** Whether events may be missing between the last one that was published and the log. */
  async #isGap({ beganMs }: LogState, first: number): Promise<boolean> {
    if (first === 1) return beganMs !== null && this.#isBehind(beganMs);
    const entry = await this.#log.entryFrom(first);
    return entry === null || entry.publishedMs > this.#lastMs;
  }

  /** Whether a log that began at this moment may lack events after the last one that was published here. */
  #isBehind(beganMs: number): boolean {
    return beganMs + beginningErrorMs > this.#lastMs;
  }

  /**
   * Switches to a log that has lost entries or has different numbers. The log is read from the last common entry or, if
   * there is none, from two minutes before the last event. Events that were published before are skipped.
   */
  async #switchTo(state: LogState, first: number): Promise<void> {
    const common = this.#succeed(state);
    const unlogged = this.#leaveLog();
    unlogged.upTo = state.count;
    for (const event of this.#hub.eventsAfter(this.#lastMs - 2 * latenessMs)) this.#noteOwn(event, this.#lastMs);
    this.#number =
      common === null
        ? (await this.#firstAfter(this.#lastMs - latenessMs, first, state.count)) - 1
        : Math.max(common, first - 1);
  }

  #restart(state: LogState, first: number): void {
    this.#hub.restart();
    this.#ids = new PublishedIds();
    this.#unlogged = null;
    this.#beganMs = null;
    this.#lastMs = -Infinity;
    this.#load(state, first);
  }

  /** The number of the first entry after a time. */
  async #firstAfter(ms: number, first: number, count: number): Promise<number> {
    let [low, high] = [first, count + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const entry = await this.#log.entryFrom(middle);
      if (entry && entry.publishedMs <= ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Whether the log has brought all events of this gateway's own stream, or can't be expected to bring the missing ones.
 */
function isOver({ ids, lastMs, upTo }: Unlogged, number: number, publishedMs: number): boolean {
  return number >= upTo && (ids.size === 0 || publishedMs > lastMs + 2 * latenessMs);
}
