import { describe, expect, it } from 'vitest';

import { decodeBatchItem, decodeJournal } from '../../src/upstream/journals/decodeJournal.ts';
import { ContractBrokenError } from '../../src/errors/faults.ts';
import { journalId, wireJNLC, wireJNLS } from '../kit/wireJournals.ts';

function without(wire: object, field: string): unknown {
  return Object.fromEntries(Object.entries(wire).filter(([name]) => name !== field));
}

describe('decodeJournal', () => {
  it.each(['id', 'entry_type', 'status', 'from_account', 'to_account', 'net_amount'])(
    'refuses a JNLC without %s and names the field',
    (field) => {
      const expected = field === 'id' ? 'journal ? without id' : `journal ${journalId} without ${field}`;

      expect(() => decodeJournal(without(wireJNLC(), field))).toThrow(new ContractBrokenError(expected));
      expect(() => decodeJournal({ ...wireJNLC(), [field]: null })).toThrow(new ContractBrokenError(expected));
      expect(() => decodeJournal({ ...wireJNLC(), [field]: '' })).toThrow(new ContractBrokenError(expected));
    },
  );

  it('reads an empty Travel Rule text as null, and an object of empty texts as null', () => {
    const none = { transmitter_name: '', transmitter_account_number: '', transmitter_timestamp: '' };
    const info = { originator_full_name: '', originator_city: '' };

    expect(decodeJournal(wireJNLC({ ...none, transmitter_info: info }))).toMatchObject({
      transmitterName: null,
      transmitterAccountNumber: null,
      transmitterTimestamp: null,
      transmitterInfo: null,
    });
    expect(decodeJournal(wireJNLC({ transmitter_info: { ...info, originator_city: 'Ahmedabad' } }))).toMatchObject({
      transmitterInfo: { originatorFullName: null, originatorCity: 'Ahmedabad' },
    });
  });

  it.each(['symbol', 'qty'])('refuses a JNLS without %s and names the field', (field) => {
    expect(() => decodeJournal(without(wireJNLS(), field))).toThrow(`journal ${journalId} without ${field}`);
  });

  it.each<[string, unknown, string]>([
    ['net_amount', '1e3', 'a string of 3 other characters'],
    ['net_amount', '1,000.00', 'a string of 8 other characters'],
    ['net_amount', 'NaN', 'a string of 3 other characters'],
    ['net_amount', 1e21, 'a number'],
    ['net_amount', true, 'a boolean'],
    ['net_amount', { value: '10' }, 'an object'],
    ['net_amount', ['10'], 'an array'],
  ])('refuses the %s %j, so that no digit is lost', (field, value, found) => {
    expect(() => decodeJournal({ ...wireJNLC(), [field]: value })).toThrow(
      `journal ${journalId} with ${field} as ${found}, expected a decimal in a string`,
    );
  });

  it.each([
    ['0.1', '0.1'],
    ['12345678901234567890.123456789', '12345678901234567890.123456789'],
    ['10.00', '10.00'],
    ['-5.50', '-5.50'],
    [645, '645'],
    [115.5, '115.5'],
  ])('reads the amount %j as %s', (net_amount, netAmount) => {
    expect(decodeJournal({ ...wireJNLC(), net_amount })).toMatchObject({ netAmount });
  });

  it('reads an unknown status as "unknown" with its raw value', () => {
    const journal = decodeJournal(wireJNLC({ status: 'frozen_by_audit' }));

    expect(journal).toMatchObject({ status: 'unknown', rawStatus: 'frozen_by_audit' });
  });

  it('reads an unknown entry type as "UNKNOWN" with its raw value, whatever fields are missing', () => {
    const journal = decodeJournal({ ...wireJNLC({ net_amount: null }), entry_type: 'JNLX' });

    expect(journal).toMatchObject({ entryType: 'UNKNOWN', rawEntryType: 'JNLX' });
  });

  it.each([
    [undefined, null],
    [null, null],
    ['', null],
    ['EUR', 'EUR'],
  ])('reads the currency %j as %j', (currency, expected) => {
    expect(decodeJournal({ ...wireJNLC(), currency })).toMatchObject({ currency: expected });
  });

  it.each([undefined, null, '', 'tomorrow', '2020-13-01', 20201224])('reads the settle date %j as null', (value) => {
    expect(decodeJournal({ ...wireJNLC(), settle_date: value })).toMatchObject({ settleDate: null });
  });

  it.each([
    [undefined, null],
    [null, null],
    ['2026-10-13', null],
    ['2026-10-13T13:11:10.57913Z', '2026-10-13T13:11:10.57913Z'],
    ['2026-10-13T09:11:10.579131-04:00', '2026-10-13T09:11:10.579131-04:00'],
  ])('reads created_at %j as %j', (created_at, createdAt) => {
    expect(decodeJournal({ ...wireJNLC(), created_at })).toMatchObject({ createdAt });
  });

  it.each([
    [undefined, null],
    [null, null],
    ['', ''],
    ['text', 'text'],
    [{ not: 'text' }, null],
  ])('reads the description %j as %j', (description, expected) => {
    expect(decodeJournal({ ...wireJNLC(), description })).toMatchObject({ description: expected });
  });

  it('reads every transmitter field', () => {
    const journal = decodeJournal({
      ...wireJNLC(),
      transmitter_name: 'Ann',
      transmitter_account_number: '42',
      transmitter_address: '1 Main St',
      transmitter_financial_institution: 'Bank',
      transmitter_timestamp: '2026-10-13T13:11:10Z',
      transmitter_info: {
        originator_full_name: 'Ann A.',
        originator_street_address: '1 Main St',
        originator_city: 'Springfield',
        originator_state: 'NY',
        originator_postal_code: '12345',
        originator_country: 'USA',
        originator_bank_account_number: '42',
        originator_bank_name: 'Bank',
        other_identifying_information: '',
      },
    });

    expect(journal).toMatchObject({
      transmitterName: 'Ann',
      transmitterAccountNumber: '42',
      transmitterAddress: '1 Main St',
      transmitterFinancialInstitution: 'Bank',
      transmitterTimestamp: '2026-10-13T13:11:10Z',
      transmitterInfo: {
        originatorFullName: 'Ann A.',
        originatorStreetAddress: '1 Main St',
        originatorCity: 'Springfield',
        originatorState: 'NY',
        originatorPostalCode: '12345',
        originatorCountry: 'USA',
        originatorBankAccountNumber: '42',
        originatorBankName: 'Bank',
        otherIdentifyingInformation: null,
      },
    });
  });
});

describe('decodeBatchItem', () => {
  it.each([undefined, null, ''])('reads the error message %j as success', (error_message) => {
    expect(decodeBatchItem({ ...wireJNLC(), error_message }).errorMessage).toBeNull();
  });

  it('reads the error message of an entry that failed', () => {
    const { journal, errorMessage } = decodeBatchItem(wireJNLC({ status: 'refused', error_message: 'account closed' }));

    expect(errorMessage).toBe('account closed');
    expect(journal.status).toBe('refused');
  });
});
