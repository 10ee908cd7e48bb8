import { isCalendarDate } from '../../domain/calendarDate.ts';
import { isDecimal } from '../../domain/decimal.ts';
import { isInstant } from '../../domain/instant.ts';
import { asJournalEntryType, asJournalStatus } from '../../domain/journal.ts';
import type { JNLC, JNLS, Journal, OtherJournal, TransmitterInfo } from '../../domain/journal.ts';
import { hasNumbers, JsonNumber, spellingOf } from '../../domain/readJson.ts';
import type { BatchItem } from '../../domain/newJournal.ts';
import type { ListedJournal, UnreadableJournal } from '../../domain/unreadableJournal.ts';
import { ContractBrokenError } from '../../errors/faults.ts';

import type { WireBatchJournal, WireJournal, WireTransmitterInfo } from '../wire/apiBodies.ts';

export interface DecodedBatchItem extends BatchItem {
  /** What could not be decoded; null if the whole journal was decoded. */
  unreadable: UnreadableJournal | null;
}

/**
 * Decodes a journal of the API, in its old and its new form. An unknown status or entry type is kept as its raw value;
 * a missing required field is an error.
 *
 * @throws ContractBrokenError naming the field
 */
export function decodeJournal(value: unknown): Journal {
  const wire = wireOf(value);
  const base = decodeBase(wire);
  const rawEntryType = required(wire, 'entry_type');
  const entryType = asJournalEntryType(rawEntryType);
  if (entryType === 'JNLC') return decodeJNLC(wire, base);
  return entryType === 'JNLS' ? decodeJNLS(wire, base) : { ...base, entryType, rawEntryType };
}

// Fields are copied one by one: V8 turns an object that begins with `...base` and has this many further fields into a
// dictionary, which takes a hundred times as long.

function decodeJNLC(wire: WireJournal, base: DecodedBase): JNLC {
  return {
    id: base.id,
    status: base.status,
    rawStatus: base.rawStatus,
    fromAccount: base.fromAccount,
    toAccount: base.toAccount,
    settleDate: base.settleDate,
    systemDate: base.systemDate,
    description: base.description,
    currency: base.currency,
    createdAt: base.createdAt,
    transmitterInfo: base.transmitterInfo,
    entryType: 'JNLC',
    netAmount: decimal(wire, 'net_amount') ?? missing(wire, 'net_amount'),
    transmitterName: text(wire.transmitter_name),
    transmitterAccountNumber: text(wire.transmitter_account_number),
    transmitterAddress: text(wire.transmitter_address),
    transmitterFinancialInstitution: text(wire.transmitter_financial_institution),
    transmitterTimestamp: instant(wire.transmitter_timestamp),
  };
}

function decodeJNLS(wire: WireJournal, base: DecodedBase): JNLS {
  return {
    id: base.id,
    status: base.status,
    rawStatus: base.rawStatus,
    fromAccount: base.fromAccount,
    toAccount: base.toAccount,
    settleDate: base.settleDate,
    systemDate: base.systemDate,
    description: base.description,
    currency: base.currency,
    createdAt: base.createdAt,
    transmitterInfo: base.transmitterInfo,
    entryType: 'JNLS',
    symbol: required(wire, 'symbol'),
    qty: decimal(wire, 'qty') ?? missing(wire, 'qty'),
    price: decimal(wire, 'price'),
  };
}

function wireOf(value: unknown): WireJournal {
  if (typeof value === 'object' && value !== null) return value as WireJournal;
  throw broken(null, `expected a journal, found ${value === null ? 'null' : typeof value}`);
}

type DecodedBase = Omit<OtherJournal, 'entryType' | 'rawEntryType'>;

/** The fields that journals of every type have, without the type. */
function decodeBase(wire: WireJournal): DecodedBase {
  const [id, rawStatus] = [required(wire, 'id'), required(wire, 'status')];
  return {
    id,
    status: asJournalStatus(rawStatus),
    rawStatus,
    fromAccount: required(wire, 'from_account'),
    toAccount: required(wire, 'to_account'),
    settleDate: date(wire.settle_date),
    systemDate: date(wire.system_date),
    description: typeof wire.description === 'string' ? wire.description : null,
    currency: text(wire.currency),
    createdAt: instant(wire.created_at),
    transmitterInfo: wire.transmitter_info ? decodeTransmitterInfo(wire.transmitter_info) : null,
  };
}

/**
 * Whether a response body has a JSON number in a field that this file reads: `JSON.parse` may have changed the digits.
 * Fields that are not checked here are texts or not read.
 */
export function hasNumbersToRead(body: unknown): boolean {
  if (Array.isArray(body)) return body.some(hasNumberToRead);
  return hasNumberToRead(body);
}

function hasNumberToRead(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'number';
  const wire: Partial<Record<keyof WireBatchJournal, unknown>> = value;
  // The fields are listed one by one: a loop over their names takes ten times as long, and lists have thousands of
  // journals.
  return (
    typeof wire.net_amount === 'number' ||
    typeof wire.qty === 'number' ||
    typeof wire.price === 'number' ||
    typeof wire.currency === 'number' ||
    typeof wire.transmitter_name === 'number' ||
    typeof wire.transmitter_account_number === 'number' ||
    typeof wire.transmitter_address === 'number' ||
    typeof wire.transmitter_financial_institution === 'number' ||
    typeof wire.error_message === 'number' ||
    (typeof wire.transmitter_info === 'object' && hasNumbers(wire.transmitter_info))
  );
}

/** Decodes an element of a list. Returns an unreadable element as such, so that it does not affect the others. */
export function decodeListedJournal(value: unknown): ListedJournal {
  try {
    return decodeJournal(value);
  } catch (error) {
    return unreadableOf(error);
  }
}

/**
 * Decodes an item of a batch response. A missing and an empty `error_message` both mean that the entry succeeded. The
 * batch was accepted even if its response is unreadable, so a journal with an unreadable amount is returned without
 * amount.
 *
 * @throws ContractBrokenError when a field that every journal has cannot be read
 */
export function decodeBatchItem(value: unknown): DecodedBatchItem {
  const errorMessage = text((value as WireBatchJournal | null)?.error_message);
  try {
    return { journal: decodeJournal(value), errorMessage, unreadable: null };
  } catch (error) {
    const unreadable = unreadableOf(error);
    const wire = wireOf(value);
    const base = decodeBase(wire);
    const journal = { ...base, entryType: 'UNKNOWN' as const, rawEntryType: required(wire, 'entry_type') };
    return { journal, errorMessage, unreadable };
  }
}

/** Returns what the error says about the journal. @throws the error if it does not concern the contents of a journal */
function unreadableOf(error: unknown): UnreadableJournal {
  if (error instanceof ContractBrokenError && error.journal) return error.journal;
  throw error;
}

/** Returns null when every field is empty. */
function decodeTransmitterInfo(wire: WireTransmitterInfo): TransmitterInfo | null {
  const info: TransmitterInfo = {
    originatorFullName: text(wire.originator_full_name),
    originatorStreetAddress: text(wire.originator_street_address),
    originatorCity: text(wire.originator_city),
    originatorState: text(wire.originator_state),
    originatorPostalCode: text(wire.originator_postal_code),
    originatorCountry: text(wire.originator_country),
    originatorBankAccountNumber: text(wire.originator_bank_account_number),
    originatorBankName: text(wire.originator_bank_name),
    otherIdentifyingInformation: text(wire.other_identifying_information),
  };
  return Object.values(info).every((value) => value === null) ? null : info;
}

function required(wire: WireJournal, field: keyof WireJournal): string {
  const value = wire[field];
  return typeof value === 'string' && value !== '' ? value : missing(wire, field);
}

function missing(wire: WireJournal, field: keyof WireJournal): never {
  const value = wire[field];
  const isAbsent = value === undefined || value === null || value === '';
  throw broken(wire, isAbsent ? `without ${field}` : `with ${field} as ${kindOf(value)}, expected a string`);
}

function broken(wire: WireJournal | null, problem: string): ContractBrokenError {
  if (!wire) return new ContractBrokenError(problem, { journal: { ...nothing, problem } });
  const [status, entryType] = [string(wire.status), string(wire.entry_type)];
  const journal = {
    id: string(wire.id),
    problem,
    createdAt: instant(wire.created_at),
    status: status === null ? null : asJournalStatus(status),
    entryType: entryType === null ? null : asJournalEntryType(entryType),
    fromAccount: string(wire.from_account),
    toAccount: string(wire.to_account),
  };
  return new ContractBrokenError(`journal ${journal.id ?? '?'} ${problem}`, { journal });
}

/** Stands for a journal of which no field can be decoded. */
const nothing = { id: null, createdAt: null, status: null, entryType: null, fromAccount: null, toAccount: null };

/** Describes a value without its contents: the description is logged, and amounts and personal data must not be. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return `a string of ${value.length} other characters`;
  if (value instanceof JsonNumber) return 'a number';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function string(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Older responses have `""` instead of null. A number, such as an account number, keeps its spelling. */
function text(given: unknown): string | null {
  return string(spellingOf(given) ?? given);
}

/** Null if the API has not assigned the date yet, or if the date is unreadable. */
function date(value: unknown): string | null {
  return typeof value === 'string' && isCalendarDate(value) ? value : null;
}

function instant(value: unknown): string | null {
  return typeof value === 'string' && isInstant(value) ? value : null;
}

/**
 * Decodes a decimal, which the API documents as a string. A JSON number keeps the digits of the response: `10.50`
 * becomes "10.50". Exponents are refused in numbers and strings: the API's decimals have none, and `1e2` has passed
 * through a binary float.
 */
function decimal(wire: WireJournal, field: 'net_amount' | 'qty' | 'price'): string | null {
  const value: unknown = wire[field];
  if (value === undefined || value === null || value === '') return null;
  const spelled = spellingOf(value) ?? value;
  if (typeof spelled === 'string' && isDecimal(spelled)) return spelled;
  throw broken(wire, `with ${field} as ${kindOf(value)}, expected a decimal in a string`);
}
