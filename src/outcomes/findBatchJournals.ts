import { SentDescriptions } from '../domain/description.ts';
import { EntryIdentity } from '../domain/EntryIdentity.ts';
import { instantMs } from '../domain/instant.ts';
import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { BatchItem, NewReverseBatch } from '../domain/newJournal.ts';

import type { StoredOutcome } from './OutcomeStore.ts';

/** A journal that some lost batch may have made. */
export interface Candidate extends BatchItem {
  /** As what entry. */
  identity: EntryIdentity;
  /** Equal to that of the entry, where the API stores entries as they are sent. */
  key: string;
  /** The outcomes of unknown fate of which it may be a journal, however the API tidies what it stores. */
  mayBeOf: ReadonlySet<StoredOutcome>;
  /** When its first event says that it began, in unix ms by the API's clock. */
  beganMs: number;
  /** Sent with a key, as no reverse batch is. */
  isKeyed: boolean;
}

/** What a reading has shown. */
export interface BatchSearch {
  /** What may be a journal of an outcome, by the outcome's id. */
  candidates: Map<number, Candidate[]>;
  /** Descriptions of journals that exist and can't be read; null for one that may have any. */
  unread: (string | null)[];
  /** Ids of journals that a batch was found to have made. */
  taken: Set<string>;
  /** Ids of the outcomes that have found theirs. */
  found: Set<number>;
}

/** What a reading says of one batch. */
export interface SearchResult {
  /** Its journals, when all of them are there and nobody else's; null otherwise. */
  items: Candidate[] | null;
  /** How many journals could be its own. */
  similar: number;
  /** A journal that can't be read could be its own. */
  mayHide: boolean;
}

/** Entries of outcomes of unknown fate, by the two accounts of their journals. */
export type Wanted = ReadonlyMap<string, readonly { outcome: StoredOutcome; identity: EntryIdentity }[]>;

/** The hosts of an API don't agree on the time: what began so shortly before the intent may be its own all the same, in ms. */
export const clockMarginMs = 60_000;

/** A journal for each entry, each at most once, begun after the intent, that no other batch could have made. */
export function findBatchJournals(outcome: StoredOutcome, reading: BatchSearch): SearchResult {
  const { candidates, unread, taken, found } = reading;
  const similar = (candidates.get(outcome.id) ?? []).filter(({ journal }) => !taken.has(journal.id));
  const keys = identitiesOf(outcome.batch).map((identity) => identity.key('plain'));
  const wantedKeys = new Set(keys);
  const fitting = similar.filter((candidate) => wantedKeys.has(candidate.key) && isSurelyAfter(candidate, outcome));
  const chosen = haveOneCurrency(fitting) ? oneForEachEntry(keys, fitting) : null;
  const items = chosen && !isContested(outcome, chosen, found) ? chosen : null;
  if (items) found.add(outcome.id);
  for (const { journal } of items ?? []) taken.add(journal.id);
  return { items, similar: similar.length, mayHide: mayHide(unread, outcome) };
}

export function candidateOf(
  event: JournalStatusEvent,
  journal: Journal,
  { errorMessage, wanted }: { errorMessage: string | null; wanted: Wanted },
): Candidate {
  const identity = EntryIdentity.ofJournal(journal, journal.fromAccount);
  const entries = journal.entryType === 'JNLS' ? [] : (wanted.get(sidesOf(journal)) ?? []);
  const owners = entries.filter((entry) => entry.identity.mayBecome(identity)).map(({ outcome }) => outcome);
  return {
    journal,
    errorMessage,
    identity,
    key: identity.key('plain'),
    mayBeOf: new Set(owners),
    beganMs: instantMs(event.at),
    isKeyed: event.idempotencyKey !== null,
  };
}

/** One key of a journal that is made singly is no reverse batch's; batches' keys may be the API's own. */
export function mayBeOfReverseBatch({ entryType, idempotencyKey, idempotencyKeyType }: JournalStatusEvent): boolean {
  return entryType !== 'JNLS' && !(idempotencyKey !== null && idempotencyKeyType === 'SINGLE');
}

export function descriptionsOf(outcomes: readonly StoredOutcome[]): SentDescriptions {
  return new SentDescriptions(
    outcomes.flatMap(({ batch }) => batch.entries.map(({ description }) => description ?? '')),
  );
}

export function wantedBy(outcomes: readonly StoredOutcome[]): Wanted {
  const wanted = new Map<string, { outcome: StoredOutcome; identity: EntryIdentity }[]>();
  for (const outcome of outcomes) {
    const { toAccount } = outcome.batch;
    // Of entries that are equal one says it all.
    const distinct = new Map(identitiesOf(outcome.batch).map((identity) => [identity.key('exact'), identity]));
    for (const identity of distinct.values()) {
      const sides = sidesOf({ fromAccount: identity.account, toAccount });
      const others = wanted.get(sides);
      if (others) others.push({ outcome, identity });
      else wanted.set(sides, [{ outcome, identity }]);
    }
  }
  return wanted;
}

function sidesOf({ fromAccount, toAccount }: { fromAccount: string; toAccount: string }): string {
  return `${fromAccount} ${toAccount}`.toLowerCase();
}

/** What each entry's journal would have to be. */
function identitiesOf({ currency, entries }: NewReverseBatch): EntryIdentity[] {
  return entries.map((entry) => new EntryIdentity({ ...entry, account: entry.fromAccount, currency }));
}

/** Began after the intent, without doubt, and without a key: nothing else is believed to be a reverse batch's. */
function isSurelyAfter({ beganMs, isKeyed }: Candidate, { intendedAtMs }: StoredOutcome): boolean {
  return beganMs >= intendedAtMs && !isKeyed;
}

/** A batch is of one currency: where several are found, nobody knows which of them is the firm's own. */
function haveOneCurrency(candidates: readonly Candidate[]): boolean {
  const stated = candidates.map(({ identity }) => identity.currency).filter((currency) => currency !== null);
  return new Set(stated).size <= 1;
}

/** Another batch of unknown fate, one under way included, could own one of them just as well. */
function isContested({ id }: StoredOutcome, chosen: readonly Candidate[], found: BatchSearch['found']): boolean {
  return chosen.some(({ mayBeOf, beganMs }) =>
    [...mayBeOf].some(
      (other) => other.id !== id && !found.has(other.id) && beganMs >= other.intendedAtMs - clockMarginMs,
    ),
  );
}

function mayHide(unread: BatchSearch['unread'], outcome: StoredOutcome): boolean {
  if (unread.length === 0) return false;
  const descriptions = descriptionsOf([outcome]);
  return unread.some((description) => description === null || descriptions.mayBeStoredAs(description));
}

/** A journal for each entry, each at most once; null when one is missing. */
function oneForEachEntry(keys: readonly string[], found: readonly Candidate[]): Candidate[] | null {
  const waiting = new Map<string, Candidate[]>();
  for (const candidate of found) {
    const same = waiting.get(candidate.key);
    if (same) same.push(candidate);
    else waiting.set(candidate.key, [candidate]);
  }
  const chosen: Candidate[] = [];
  for (const key of keys) {
    const candidate = waiting.get(key)?.shift();
    if (!candidate) return null;
    chosen.push(candidate);
  }
  return chosen;
}
