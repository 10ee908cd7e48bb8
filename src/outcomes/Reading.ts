import { entryKey, identityOfJournal } from '../domain/entryIdentity.ts';
import type { EntryIdentity } from '../domain/entryIdentity.ts';
import { instantMs } from '../domain/instant.ts';
import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { BatchItem, NewReverseBatch } from '../domain/newJournal.ts';

import type { StoredOutcome } from './OutcomeStore.ts';

/** A journal that some lost batch may have made. */
export interface Candidate extends BatchItem {
  /** As what entry. */
  key: string;
  /** When its first event says that it began, in unix ms by the API's clock. */
  beganMs: number;
  /** Sent with a key, as no reverse batch is. */
  isKeyed: boolean;
}

/** What a reading has shown. */
export interface Reading {
  candidates: Candidate[];
  /** Descriptions of journals that exist and can't be read; null for one that may have any. */
  unread: (string | null)[];
  /** Ids of journals that a batch was found to have made. */
  taken: Set<string>;
  /** By what a journal would have to be, the outcomes of unknown fate that want one like it. */
  wanted: Map<string, StoredOutcome[]>;
}

/** What a reading says of one batch. */
export interface Find {
  /** Its journals, when all of them are there and nobody else's; null otherwise. */
  items: Candidate[] | null;
  /** How many journals could be its own. */
  similar: number;
  /** A journal that can't be read could be its own. */
  mayHide: boolean;
}

/** The hosts of an API don't agree on the time: what began so shortly before the intent may be its own all the same, in ms. */
export const clockMarginMs = 60_000;

/** A journal for each entry, each at most once, begun after the intent, that no other batch could have made. */
export function findOf(outcome: StoredOutcome, { candidates, unread, taken, wanted }: Reading): Find {
  const keys = keysOf(outcome.batch);
  const wantedKeys = new Set(keys);
  const similar = candidates.filter(({ key, journal }) => wantedKeys.has(key) && !taken.has(journal.id));
  const chosen = oneForEachEntry(
    keys,
    similar.filter((candidate) => isSurelyAfter(candidate, outcome)),
  );
  const items = chosen && !isContested(outcome, chosen, wanted) ? chosen : null;
  for (const { journal } of items ?? []) taken.add(journal.id);
  const descriptions = new Set(outcome.batch.entries.map(descriptionOf));
  const mayHide = unread.some((description) => description === null || descriptions.has(description));
  return { items, similar: similar.length, mayHide };
}

export function candidateOf(event: JournalStatusEvent, journal: Journal, errorMessage: string | null): Candidate {
  return {
    journal,
    errorMessage,
    key: wantedKey(journal.toAccount, identityOfJournal(journal, journal.fromAccount)),
    beganMs: instantMs(event.at),
    isKeyed: event.idempotencyKey !== null,
  };
}

export function descriptionOf({ description }: NewReverseBatch['entries'][number]): string {
  return description ?? '';
}

/** One key of a journal that is made singly is no reverse batch's; batches' keys may be the API's own. */
export function mayBeOfReverseBatch({ entryType, idempotencyKey, idempotencyKeyType }: JournalStatusEvent): boolean {
  return entryType !== 'JNLS' && !(idempotencyKey !== null && idempotencyKeyType === 'SINGLE');
}

function wantedKey(toAccount: string, identity: EntryIdentity): string {
  return `${toAccount.toLowerCase()} ${entryKey(identity)}`;
}

/** What each entry's journal would have to be. */
function keysOf({ toAccount, entries }: NewReverseBatch): string[] {
  return entries.map((entry) =>
    wantedKey(toAccount, { account: entry.fromAccount, amount: entry.amount, description: descriptionOf(entry) }),
  );
}

export function wantedBy(outcomes: readonly StoredOutcome[]): Reading['wanted'] {
  const wanted: Reading['wanted'] = new Map();
  for (const outcome of outcomes) {
    for (const key of new Set(keysOf(outcome.batch))) wanted.set(key, [...(wanted.get(key) ?? []), outcome]);
  }
  return wanted;
}

/** Began after the intent, without doubt, and without a key: nothing else is believed to be a reverse batch's. */
function isSurelyAfter({ beganMs, isKeyed }: Candidate, { intendedAtMs }: StoredOutcome): boolean {
  return beganMs >= intendedAtMs && !isKeyed;
}

/** Another batch of unknown fate, one under way included, could own one of them just as well. */
function isContested({ id }: StoredOutcome, chosen: readonly Candidate[], wanted: Reading['wanted']): boolean {
  return chosen.some((candidate) =>
    wanted
      .get(candidate.key)
      ?.some((other) => other.id !== id && candidate.beganMs >= other.intendedAtMs - clockMarginMs),
  );
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
