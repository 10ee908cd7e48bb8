import { randomUUID } from 'node:crypto';

import type { BatchItem } from '../domain/newJournal.ts';
import type { Peers } from '../redis/Peers.ts';
import type { RedisConnection } from '../redis/RedisConnection.ts';
import type { Sharing } from '../redis/Sharing.ts';

import { OutcomeMirror } from './OutcomeMirror.ts';
import { applyScript, claimScript, enterScript, leaseScript, releaseScript } from './outcomeScripts.ts';
import { isFinal, newRecord, outcomeOfRecord, recordNameOf, recordNameOfId, recordOf } from './OutcomeRecord.ts';
import type { OutcomeRecord } from './OutcomeRecord.ts';
import type { Evidence, NewIntent, OutcomeStore, StoredOutcome } from './OutcomeStore.ts';
import { RedisSpendingStore } from './RedisSpendingStore.ts';
import { SpendingLedger } from './SpendingLedger.ts';
import { withoutTravelRule } from './withoutTravelRule.ts';

/** How long settled outcomes are kept, in seconds. */
const keptSeconds = 30 * 86_400;
/**
 * How long no batch is sent after a start of Redis, in ms: the gateways reconnect and store what they know in this
 * time.
 */
const restoreMs = 1_500;
/**
 * By how many round trips to Redis this time is longer: more than a gateway needs to reconnect and store its first
 * records.
 */
const restoreRoundTrips = 10;
/** Maximum number of records that are stored again concurrently. */
const restoredAtOnce = 100;
/** How long the reconciler's lease lasts, in ms. */
const leaseMs = 4_000;

/** Stands for the run id of a server that does not state one. */
const unknownRun = 'unknown';

const openKey = 'outcomes:open';
const ambiguousKey = 'outcomes:ambiguous';
const serverKey = 'outcomes:server';
const leaseKey = 'outcomes:reconciler';
const askedKey = 'outcomes:asked';

/**
 * Reverse batches and their outcomes in a Redis that several gateways share. A gateway also keeps in memory what it has
 * written, and stores it again after each reconnect, in case Redis has lost it.
 */
export class RedisOutcomeStore implements OutcomeStore {
  readonly spending: SpendingLedger;
  readonly #redis: RedisConnection;
  readonly #peers: Peers;
  readonly #mirror: OutcomeMirror;
  /**
   * The run id of the server that this gateway has entered, see `enterScript`; null before that and after a reconnect.
   */
  #server: string | null = null;
  /** The run id of the server that has everything this gateway has written, except what is marked as unwritten. */
  #writtenTo: string | null = null;
  #entering: Promise<number> | null = null;
  #lease = '';
  #counts = { open: 0, ambiguous: 0 };

  constructor({ redis, peers }: Pick<Sharing, 'redis' | 'peers'>) {
    this.spending = new SpendingLedger(new RedisSpendingStore(redis));
    this.#redis = redis;
    this.#peers = peers;
    this.#mirror = new OutcomeMirror(peers.id, keptSeconds * 1_000);
  }

  get unsettledCounts(): Record<'open' | 'ambiguous', number> {
    return this.#counts;
  }

  /**
   * Stores again what Redis may have lost, now and after every reconnect.
   *
   * @returns how long no batch may be sent, in ms
   */
  async start(): Promise<number> {
    const pauseMs = await this.#enter().catch(() => 0);
    this.#redis.onReady(() => {
      this.#server = null;
      // If this fails, it is repeated before the next batch is sent.
      this.#enter().catch(() => undefined);
    });
    return pauseMs;
  }

  async find(scope: string, idempotencyKey: string): Promise<StoredOutcome | null> {
    return this.#read(recordNameOf(scope, idempotencyKey));
  }

  async get(id: string): Promise<StoredOutcome | null> {
    const found = await this.#read(recordNameOfId(id));
    return found?.id === id ? found : null;
  }

  async unsettled(): Promise<StoredOutcome[]> {
    const names = await this.#redis.run(async (client) => {
      const [open, ambiguous] = await Promise.all([client.zrange(openKey, 0, -1), client.zrange(ambiguousKey, 0, -1)]);
      this.#counts = { open: open.length, ambiguous: ambiguous.length };
      return [...open, ...ambiguous];
    });
    const outcomes = await Promise.all(names.map((name) => this.#read(name)));
    return outcomes.filter((outcome) => outcome !== null).filter((outcome) => !isFinal(outcome));
  }

  async intend(scope: string, intent: NewIntent): Promise<StoredOutcome | null> {
    await this.#enter();
    const record = newRecord(scope, intent, this.#peers.id);
    const name = recordNameOfId(record.id);
    const keys = [recordKey(name), openKey, serverKey];
    const values = [this.#server ?? '', name, record.id, record.intent, record.intendedAt, record.sender];
    this.#mirror.inFlight.add(record.id);
    const answer = await this.#redis.runScript(claimScript, keys, values).catch((error: unknown) => {
      this.#mirror.inFlight.delete(record.id);
      // The key may have been claimed. Nothing will be sent, so the claim is removed as soon as Redis responds.
      this.#mirror.setUnwritten({ ...record, state: 'forgotten' });
      throw error;
    });
    if (answer !== 'claimed') this.#mirror.inFlight.delete(record.id);
    if (answer === 'closed') {
      this.#server = null;
      throw new Error('redis has been started, and the gateways store again what they know');
    }
    if (answer !== 'claimed') return null;
    this.#mirror.set(record);
    return outcomeOfRecord(record);
  }

  async forget(id: string): Promise<void> {
    await this.#change(id, { state: 'forgotten' }, 'answer');
  }

  async settleDone(id: string, items: readonly BatchItem[], evidence: Evidence = 'answer'): Promise<string[]> {
    return this.#change(id, { state: 'done', items: JSON.stringify(items.map(withoutTravelRule)) }, evidence);
  }

  async settle(id: string, state: 'notDone' | 'ambiguous'): Promise<void> {
    await this.#change(id, { state }, 'readings');
  }

  async noteLost(id: string, requestId: string | null): Promise<void> {
    await this.#change(id, { requestId: requestId ?? '' }, 'answer');
  }

  async claimed(journalIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (journalIds.length === 0) return new Set();
    const owners = await this.#redis.run((client) => client.mget(journalIds.map(claimKey)));
    return new Set(journalIds.filter((_id, index) => owners[index] !== null));
  }

  /** Whether the call of an open outcome may still be running. For this gateway's own calls, the answer is certain. */
  isUnderWay({ id, state, sender }: StoredOutcome): boolean {
    if (state !== 'open' || sender === null) return false;
    return sender === this.#peers.id ? this.#mirror.inFlight.has(id) : this.#peers.isAlive(sender);
  }

  /** Asks the reconciling gateway to search for a batch now. */
  async ask(id: string): Promise<void> {
    await this.#redis.run((client) => client.sadd(askedKey, id));
  }

  /** Returns the ids that were asked for since the last call, and removes them from Redis. */
  async asked(): Promise<ReadonlySet<string>> {
    return new Set(await this.#redis.run((client) => client.spop(askedKey, 1_000)));
  }

  /** Takes or extends the lease of the reconciling gateway. @returns whether this gateway holds it */
  async hold(): Promise<boolean> {
    await this.#enter();
    const value = await this.#redis.runScript(leaseScript, [leaseKey], [this.#lease, randomUUID(), leaseMs]);
    this.#lease = typeof value === 'string' ? value : '';
    return this.#lease !== '';
  }

  /** Releases the lease, so that another gateway can reconcile immediately. */
  async release(): Promise<void> {
    if (this.#lease === '') return;
    await this.#redis.runScript(releaseScript, [leaseKey], [this.#lease]).catch(() => undefined);
    this.#lease = '';
  }

  /** Whether this gateway knows of a use of the key. For use while Redis can't be read. */
  knows(scope: string, idempotencyKey: string): boolean {
    const known = this.#mirror.get(recordNameOf(scope, idempotencyKey));
    return known !== undefined && known.state !== 'forgotten';
  }

  /** Does not close the connection, which whoever opened it must close. */
  close(): void {
    this.#lease = '';
  }

  /** Reads an outcome from Redis or, if Redis can't be read and the outcome is final, from this gateway's memory. */
  async #read(name: string): Promise<StoredOutcome | null> {
    try {
      const found = await this.#readRecord(name);
      const correction = found && this.#mirror.correctionOf(found);
      // Without the correction, the other gateways would wait for a call that has ended.
      if (correction) await this.#apply(correction, '');
      const record = correction ?? found;
      if (record && isFinal(record)) this.#mirror.noteRead(record);
      return record && outcomeOfRecord(record);
    } catch (error) {
      const known = this.#mirror.get(name);
      if (known && isFinal(known)) return outcomeOfRecord(known);
      throw error;
    }
  }

  /**
   * Enters the server after a reconnect, and stores again what the server may have lost. Concurrent callers share one
   * attempt.
   *
   * @returns how long no batch may be sent, in ms
   */
  #enter(): Promise<number> {
    return (this.#entering ??= this.#enterNow().finally(() => (this.#entering = null)));
  }

  async #enterNow(): Promise<number> {
    const pauseMs = this.#server === null ? await this.#enterServer() : 0;
    const unwritten = this.#mirror.unwritten();
    for (let at = 0; at < unwritten.length; at += restoredAtOnce) {
      const records = unwritten.slice(at, at + restoredAtOnce);
      // Until everything is stored, no gateway may send a batch.
      const keepClosed = () => this.#redis.runScript(enterScript, [serverKey], [this.#writtenTo ?? '', restoreMs, 1]);
      await Promise.all([at > 0 ? keepClosed() : null, ...records.map((record) => this.#restore(record))]);
    }
    return pauseMs;
  }

  async #restore(record: OutcomeRecord): Promise<void> {
    await this.#apply(record, '');
    this.#mirror.noteWritten(record);
  }

  async #enterServer(): Promise<number> {
    const askedAt = performance.now();
    const run = (await this.#redis.runId()) ?? unknownRun;
    const longerMs = restoreRoundTrips * Math.ceil(performance.now() - askedAt);
    const pauseMs = await this.#redis.runScript(enterScript, [serverKey], [run, restoreMs + longerMs, 0]);
    // The same server still has everything.
    if (run !== this.#writtenTo || run === unknownRun) this.#mirror.markAllUnwritten();
    this.#writtenTo = run;
    this.#server = run;
    return Number(pauseMs);
  }

  /**
   * Stores what has become known about a batch. The call of the batch has ended, or nothing would have become known.
   *
   * @returns ids of journals that another outcome had claimed
   */
  async #change(id: string, change: Partial<OutcomeRecord>, evidence: Evidence): Promise<string[]> {
    const name = recordNameOfId(id);
    if (evidence === 'answer') this.#mirror.inFlight.delete(id);
    const known = this.#mirror.get(name);
    const current = known?.id === id ? known : await this.#readRecord(name);
    if (current?.id !== id) throw new Error('the outcome is no longer stored');
    const record = { ...current, ...change, sender: '' };
    if (evidence === 'answer') this.#mirror.setUnwritten(record);
    const [result, ...taken] = await this.#apply(record, evidence === 'answer' ? '' : this.#lease || 'none');
    if (evidence === 'answer') this.#mirror.noteWritten(record);
    else if (result === 'applied') this.#mirror.set(record);
    else throw new Error(`the result of a search was not stored: ${result}`);
    return taken;
  }

  async #readRecord(name: string): Promise<OutcomeRecord | null> {
    return recordOf(await this.#redis.run((client) => client.hgetall(recordKey(name))));
  }

  /** @param lease the lease that this gateway must still hold for the change to apply; empty if none is needed */
  async #apply(record: OutcomeRecord, lease: string): Promise<[result: string, ...taken: string[]]> {
    const { id, state, intent, intendedAt, requestId, sender, items } = record;
    const name = recordNameOfId(id);
    const journalIds = outcomeOfRecord(record)?.items?.map(({ journal }) => journal.id) ?? [];
    const keys = [recordKey(name), openKey, ambiguousKey, leaseKey, ...journalIds.map(claimKey)];
    const values = [name, lease, keptSeconds, id, state, intent, intendedAt, requestId, sender, items];
    const [result, ...positions] = (await this.#redis.runScript(applyScript, keys, values)) as string[];
    return [String(result), ...positions.map((position) => journalIds[Number(position)] ?? '')];
  }
}

function recordKey(name: string): string {
  return `outcome:${name}`;
}

function claimKey(journalId: string): string {
  return `claim:${journalId}`;
}
