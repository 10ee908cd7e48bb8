import { isCalendarDate } from '../domain/calendarDate.ts';
import { isDecimal } from '../domain/decimal.ts';
import { isInstant } from '../domain/instant.ts';
import { asJournalEntryType, asJournalStatus } from '../domain/journal.ts';
import type { Journal, TransmitterInfo } from '../domain/journal.ts';
import type { BatchItem } from '../domain/newJournal.ts';

import { ContractBrokenError } from './faults.ts';
import type { WireBatchJournal, WireJournal, WireTransmitterInfo } from './wire.ts';

/**
 * Turns a journal as the API prints it, in its old and its new shape, into the gateway's own.
 * An unknown word becomes `unknown` with its raw word beside it; a missing required field is refused.
 *
 * @throws ContractBrokenError naming the field
 */
export function decodeJournal(value: unknown): Journal {
  if (typeof value !== 'object' || value === null) {
    throw new ContractBrokenError(`expected a journal, found ${value === null ? 'null' : typeof value}`);
  }
  const wire = value as WireJournal;
  const base = {
    id: required(wire, 'id'),
    status: asJournalStatus(required(wire, 'status')),
    rawStatus: required(wire, 'status'),
    fromAccount: required(wire, 'from_account'),
    toAccount: required(wire, 'to_account'),
    settleDate: date(wire.settle_date),
    systemDate: date(wire.system_date),
    description: typeof wire.description === 'string' ? wire.description : null,
    currency: text(wire.currency) ?? 'USD',
    createdAt: instant(wire.created_at),
    transmitterInfo: decodeTransmitterInfo(wire.transmitter_info ?? {}),
  };
  const rawEntryType = required(wire, 'entry_type');
  const entryType = asJournalEntryType(rawEntryType);
  switch (entryType) {
    case 'JNLC':
      return {
        ...base,
        entryType,
        netAmount: decimal(wire, 'net_amount') ?? missing(wire, 'net_amount'),
        transmitterName: text(wire.transmitter_name),
        transmitterAccountNumber: text(wire.transmitter_account_number),
        transmitterAddress: text(wire.transmitter_address),
        transmitterFinancialInstitution: text(wire.transmitter_financial_institution),
        transmitterTimestamp: instant(wire.transmitter_timestamp),
      };
    case 'JNLS':
      return {
        ...base,
        entryType,
        symbol: required(wire, 'symbol'),
        qty: decimal(wire, 'qty') ?? missing(wire, 'qty'),
        price: decimal(wire, 'price'),
      };
    case 'UNKNOWN':
      return { ...base, entryType, rawEntryType };
  }
}

/** An item of a batch's answer: `error_message` missing and `""` both mean that the entry succeeded. */
export function decodeBatchItem(value: unknown): BatchItem {
  const journal = decodeJournal(value);
  return { journal, errorMessage: text((value as WireBatchJournal).error_message) };
}

/** Null where it says nothing. */
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
  throw new ContractBrokenError(`journal ${wire.id || '?'} without ${field}`);
}

/** Older answers say `""` where newer ones say null. */
function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Dates and times are null until assigned; one that can't be read says nothing either. */
function date(value: unknown): string | null {
  return typeof value === 'string' && isCalendarDate(value) ? value : null;
}

function instant(value: unknown): string | null {
  return typeof value === 'string' && isInstant(value) ? value : null;
}

/**
 * Documented as strings. A JSON number is taken only while its shortest spelling must be the one that was sent
 * (15 significant digits); beyond that digits may already be lost.
 */
function decimal(wire: WireJournal, field: 'net_amount' | 'qty' | 'price'): string | null {
  const value: unknown = wire[field];
  if (value === undefined || value === null || value === '') return null;
  const spelled = typeof value === 'number' && String(value).replace(/\D/g, '').length <= 15 ? String(value) : value;
  if (typeof spelled === 'string' && isDecimal(spelled)) return spelled;
  // What has fields may have any, and this goes to a log.
  const found = typeof value === 'object' ? 'an object' : JSON.stringify(value);
  throw new ContractBrokenError(`journal ${wire.id} with ${field} ${found}, expected a decimal in a string`);
}
