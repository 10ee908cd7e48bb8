import { SentDescriptions } from '../domain/description.ts';
import { EntryIdentity } from '../domain/EntryIdentity.ts';
import { instantMs } from '../domain/instant.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { BatchItem, NewReverseBatch } from '../domain/newJournal.ts';

import type { StoredOutcome } from './OutcomeStore.ts';

/** An entry of an unsettled outcome, which may own a journal. */
interface Owner {
  outcome: StoredOutcome;
  identity: EntryIdentity;
}

/** A journal that a lost batch may have created. */
export interface Candidate extends BatchItem {
  identity: EntryIdentity;
  /** Equals the key of the journal's entry if the API stores entries as they are sent. */
  key: string;
  /** The entries of unsettled outcomes that the API may have stored like this. */
  owners: readonly Owner[];
  /** The time of the journal's first event, by the API's clock, in Unix ms. */
  beganMs: number;
  /** Whether the journal has an idempotency key: a reverse batch is sent without one. */
  isKeyed: boolean;
}

/** What one reading of the events has shown. */
export interface BatchSearch {
  /** The candidates of each outcome, by outcome id. */
  candidates: Map<string, Candidate[]>;
  /** Descriptions of journals that exist but could not be read; null if the description is unknown too. */
  unreadable: (string | null)[];
  /** Ids of journals whose batch was settled as done. */
  claimed: Set<string>;
  /** Ids of outcomes that this search has settled. */
  settled: Set<string>;
}

/** What a search shows about one batch. */
export interface SearchResult {
  /** The journals of the batch, if all of them exist and no other batch can own them; null otherwise. */
  items: Candidate[] | null;
  /** Journals that are the same as entries of the batch or similar to them. */
  similar: Candidate[];
  /** Other unsettled outcomes that may own some of the similar journals. */
  rivals: StoredOutcome[];
  /** Whether journals of the batch may be among those that could not be read. */
  mayBeHidden: boolean;
}

/** Distinct entries of unsettled outcomes, by the two accounts of their journals. */
type EntriesByAccounts = ReadonlyMap<string, readonly Owner[]>;

/**
 * The API's hosts may disagree on the time: a journal dated this much before the intent may still belong to it, in ms.
 */
export const clockMarginMs = 60_000;

/** Looks for one journal per entry, created after the intent, that no other unsettled batch can own. */
export function findBatchJournals(outcome: StoredOutcome, search: BatchSearch): SearchResult {
  const similar = similarJournals(outcome, search);
  const chosen = chooseJournals(outcome, similar);
  const items = chosen && rivalsOf(outcome, chosen, search).length === 0 ? chosen : null;
  return { items, similar, rivals: rivalsOf(outcome, similar, search), mayBeHidden: mayBeHidden(search, outcome) };
}

/**
 * Returns the journals of a batch even if other batches could own some of them; null if they are uncertain. At least
 * one journal must belong to this batch only: it proves that the batch was done, and so that every entry has a journal.
 * There must be no further journals that are similar to an entry, and the search must have shown every journal of the
 * batch.
 */
export function findOnlyJournals(outcome: StoredOutcome, search: BatchSearch): Candidate[] | null {
  const similar = similarJournals(outcome, search);
  const chosen = chooseJournals(outcome, similar);
  if (!chosen || chosen.length < similar.length || mayBeHidden(search, outcome)) return null;
  return chosen.some((candidate) => rivalsOf(outcome, [candidate], search).length === 0) ? chosen : null;
}

/**
 * Whether a batch was not done although some journals are similar to its entries. A batch that was done has a journal
 * for every entry. This one lacks some, and each similar journal belongs to a rival that has a journal for each of the
 * rival's entries.
 */
export function isExplainedByOthers(
  outcome: StoredOutcome,
  similar: readonly Candidate[],
  search: BatchSearch,
): boolean {
  const entries = identitiesOf(outcome.batch);
  const owners = similar.flatMap((candidate) => candidate.owners);
  const foundKeys = new Set(
    owners.flatMap(({ outcome: { id }, identity }) => (id === outcome.id ? identity.key('exact') : [])),
  );
  if (entries.every((entry) => foundKeys.has(entry.key('exact')))) return false;
  const ownKeys = new Set(entries.map((entry) => entry.key('plain')));
  if (similar.some(({ key }) => ownKeys.has(key))) return false;
  const others = new Set(owners.map((owner) => owner.outcome).filter(({ id }) => id !== outcome.id));
  const explained = new Set(
    [...others].flatMap((other) => chooseJournals(other, similarJournals(other, search)) ?? []),
  );
  return similar.every((candidate) => explained.has(candidate));
}

export function candidateOf(
  event: JournalStatusEvent,
  { journal, errorMessage }: BatchItem,
  entries: EntriesByAccounts,
): Candidate {
  const identity = EntryIdentity.ofJournal(journal, journal.fromAccount);
  const betweenAccounts = journal.entryType === 'JNLS' ? [] : (entries.get(accountsKey(journal)) ?? []);
  return {
    journal,
    errorMessage,
    identity,
    key: identity.key('plain'),
    owners: betweenAccounts.filter((entry) => entry.identity.mayBecome(identity)),
    beganMs: instantMs(event.at),
    isKeyed: event.idempotencyKey !== null,
  };
}

/**
 * Whether a reverse batch may have created the journal. A key of type `SINGLE` shows that the journal was created
 * singly; journals of a batch may have keys that the API generated.
 */
export function mayBeOfReverseBatch({ entryType, idempotencyKey, idempotencyKeyType }: JournalStatusEvent): boolean {
  return entryType !== 'JNLS' && !(idempotencyKey !== null && idempotencyKeyType === 'SINGLE');
}

export function descriptionsOf(outcomes: readonly StoredOutcome[]): SentDescriptions {
  return new SentDescriptions(
    outcomes.flatMap(({ batch }) => batch.entries.map(({ description }) => description ?? '')),
  );
}

export function entriesByAccounts(outcomes: readonly StoredOutcome[]): EntriesByAccounts {
  const entries = new Map<string, Owner[]>();
  for (const outcome of outcomes) {
    const distinct = new Map(identitiesOf(outcome.batch).map((identity) => [identity.key('exact'), identity]));
    for (const identity of distinct.values()) {
      const accounts = { fromAccount: identity.account, toAccount: outcome.batch.toAccount };
      addTo(entries, accountsKey(accounts), { outcome, identity });
    }
  }
  return entries;
}

export function addTo<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function accountsKey({ fromAccount, toAccount }: { fromAccount: string; toAccount: string }): string {
  return `${fromAccount} ${toAccount}`.toLowerCase();
}

function identitiesOf({ currency, entries }: NewReverseBatch): EntryIdentity[] {
  return entries.map((entry) => new EntryIdentity({ ...entry, account: entry.fromAccount, currency }));
}

function similarJournals({ id }: StoredOutcome, { candidates, claimed }: BatchSearch): Candidate[] {
  return (candidates.get(id) ?? []).filter(({ journal }) => !claimed.has(journal.id));
}

/**
 * Chooses one journal for each entry; null if one is missing. Only journals that certainly began after the intent
 * count.
 */
function chooseJournals({ batch, intendedAtMs }: StoredOutcome, similar: readonly Candidate[]): Candidate[] | null {
  const keys = identitiesOf(batch).map((identity) => identity.key('plain'));
  const wanted = new Set(keys);
  const fitting = similar.filter(({ key, beganMs, isKeyed }) => wanted.has(key) && beganMs >= intendedAtMs && !isKeyed);
  if (!haveOneCurrency(fitting)) return null;
  const byKey = new Map<string, Candidate[]>();
  for (const candidate of fitting) addTo(byKey, candidate.key, candidate);
  const chosen = keys.flatMap((key) => byKey.get(key)?.shift() ?? []);
  return chosen.length === keys.length ? chosen : null;
}

/** Whether the journals state at most one currency, as those of one batch do. */
function haveOneCurrency(candidates: readonly Candidate[]): boolean {
  const stated = candidates.map(({ identity }) => identity.currency).filter((currency) => currency !== null);
  return new Set(stated).size <= 1;
}

/** Returns the other unsettled batches, including those in flight, that could own one of the journals as well. */
function rivalsOf({ id }: StoredOutcome, journals: readonly Candidate[], { settled }: BatchSearch): StoredOutcome[] {
  const rivals = journals.flatMap(({ owners, beganMs }) =>
    owners
      .map((owner) => owner.outcome)
      .filter((other) => other.id !== id && !settled.has(other.id) && beganMs >= other.intendedAtMs - clockMarginMs),
  );
  return [...new Set(rivals)];
}

function mayBeHidden({ unreadable }: BatchSearch, outcome: StoredOutcome): boolean {
  if (unreadable.length === 0) return false;
  const descriptions = descriptionsOf([outcome]);
  return unreadable.some((description) => description === null || descriptions.mayBeStoredAs(description));
}
