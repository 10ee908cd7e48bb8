import type { CalendarDate } from './calendarDate.ts';
import type { Decimal } from './decimal.ts';
import type { Instant } from './instant.ts';

/** `UNKNOWN` is a type that this version of the gateway does not know. */
export type JournalEntryType = 'JNLC' | 'JNLS' | 'UNKNOWN';

/**
 * The statuses of the API in the order in which a journal passes through them, final ones last. If journals are listed
 * status by status in this order, a journal whose status changes in the meantime cannot be missed.
 */
export const journalStatuses = [
  'queued',
  'sent_to_clearing',
  'pending',
  'executed',
  'activity_created',
  'refused',
  'rejected',
  'canceled',
  'deleted',
  'correct',
] as const;

/** `unknown` is a status that this version of the gateway does not know; `rawStatus` has the API's word. */
export type JournalStatus = (typeof journalStatuses)[number] | 'unknown';

export interface TransmitterInfo {
  originatorFullName: string | null;
  originatorStreetAddress: string | null;
  originatorCity: string | null;
  originatorState: string | null;
  originatorPostalCode: string | null;
  originatorCountry: string | null;
  originatorBankAccountNumber: string | null;
  originatorBankName: string | null;
  otherIdentifyingInformation: string | null;
}

/** The two accounts of a journal, which never change. */
export interface JournalSides {
  fromAccount: string;
  toAccount: string;
}

interface JournalBase extends JournalSides {
  id: string;
  status: JournalStatus;
  rawStatus: string;
  settleDate: CalendarDate | null;
  systemDate: CalendarDate | null;
  description: string | null;
  /** Null if the API states no currency, which means the firm's own currency. */
  currency: string | null;
  createdAt: Instant | null;
  transmitterInfo: TransmitterInfo | null;
}

/** Cash. */
export interface JNLC extends JournalBase {
  entryType: 'JNLC';
  netAmount: Decimal;
  transmitterName: string | null;
  transmitterAccountNumber: string | null;
  transmitterAddress: string | null;
  transmitterFinancialInstitution: string | null;
  transmitterTimestamp: Instant | null;
}

/** Securities. */
export interface JNLS extends JournalBase {
  entryType: 'JNLS';
  symbol: string;
  qty: Decimal;
  price: Decimal | null;
}

/** A journal of unknown type, which must not make a list or a subscription fail. */
export interface OtherJournal extends JournalBase {
  entryType: 'UNKNOWN';
  rawEntryType: string;
}

export type Journal = JNLC | JNLS | OtherJournal;

/** Returns the name of a journal's type, here and in the schema. */
export function journalTypeName({ entryType }: Journal): 'JNLC' | 'JNLS' | 'OtherJournal' {
  return entryType === 'UNKNOWN' ? 'OtherJournal' : entryType;
}

/** Whether the API calls a status FINAL. `executed` is not final, since an executed journal can still be reversed. */
export function isFinal(status: JournalStatus): boolean {
  return status === 'canceled' || status === 'deleted' || status === 'correct';
}

/**
 * What a status means for a client that waits for the journal. `UNKNOWN` is a status that this gateway does not know.
 */
export type JournalProgress = (typeof journalProgresses)[number];

export const journalProgresses = ['UNDER_WAY', 'DONE', 'FAILED', 'CORRECTED', 'UNKNOWN'] as const;

const progresses: Readonly<Record<JournalStatus, JournalProgress>> = {
  queued: 'UNDER_WAY',
  sent_to_clearing: 'UNDER_WAY',
  pending: 'UNDER_WAY',
  executed: 'DONE',
  activity_created: 'DONE',
  refused: 'FAILED',
  rejected: 'FAILED',
  canceled: 'FAILED',
  deleted: 'FAILED',
  correct: 'CORRECTED',
  unknown: 'UNKNOWN',
};

export function progressOf(status: JournalStatus): JournalProgress {
  return progresses[status];
}

export function asJournalStatus(word: string): JournalStatus {
  return (journalStatuses as readonly string[]).includes(word) ? (word as JournalStatus) : 'unknown';
}

export function asJournalEntryType(word: string): JournalEntryType {
  return word === 'JNLC' || word === 'JNLS' ? word : 'UNKNOWN';
}
