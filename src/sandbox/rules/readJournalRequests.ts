import type { WireTransmitter } from '../../upstream/wire/apiBodies.ts';
import type { JsonObject } from '../values/exactJson.ts';
import { invalid } from '../api/Refusal.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import { seedPrices } from '../setup/seed.ts';
import {
  readAccountId,
  readCurrency,
  readDescription,
  readEntries,
  readEntryType,
  readPositiveDecimal,
  readSymbol,
  readText,
  readTransmitter,
} from './bodyFields.ts';

/** A journal from a valid request, not yet checked against accounts and balances. */
export interface JournalDraft {
  entryType: 'JNLC' | 'JNLS';
  fromAccount: string;
  toAccount: string;
  /** The unit that moves: `cash:USD`, `shares:AAPL`. */
  unit: string;
  /** A positive decimal as the client sent it, but without an exponent or leading zeros. */
  amount: string;
  currency: string;
  /** Price of one share. Null for cash and for symbols without a price. */
  price: string | null;
  description: string;
  transmitter: WireTransmitter | null;
}

/** Documented: "The value should have 9 or fewer decimal places". */
const maxQtyDecimals = 9;

/** Reads the body of `POST /v1/journals`. @throws Refusal 400 naming the first invalid field */
export function readCreate(body: JsonObject, { systemCurrency }: Settings): JournalDraft {
  const entryType = readEntryType(body, ['JNLC', 'JNLS']);
  const common = {
    entryType,
    toAccount: readAccountId(body, 'to_account'),
    fromAccount: readAccountId(body, 'from_account'),
    currency: readCurrency(body, systemCurrency),
    description: readDescription(body),
  };
  const transmitter = readTransmitter(body);
  if (entryType === 'JNLC') return { ...common, ...readCash(body, common.currency), transmitter };
  const symbol = readSymbol(body);
  const amount = readPositiveDecimal(body, 'qty', '', maxQtyDecimals);
  return { ...common, unit: `shares:${symbol}`, amount, price: seedPrices.get(symbol) ?? null, transmitter: null };
}

/** Reads the body of `POST /v1/journals/batch`: one draft per entry. @throws Refusal 400 */
export function readBatch(body: JsonObject, { systemCurrency, batchDescription }: Settings): JournalDraft[] {
  const entryType = readEntryType(body, ['JNLC']);
  const fromAccount = readAccountId(body, 'from_account');
  const description = batchDescription === 'copied' ? readDescription(body) : '';
  refuseCurrency(body, 'currency must be in the entries of a batch');
  const drafts = readEntries(body).map((entry, index): JournalDraft => {
    const at = `entries[${index}].`;
    const currency = readCurrency(entry, systemCurrency, at);
    return {
      entryType,
      fromAccount,
      toAccount: readAccountId(entry, 'to_account', at),
      ...readCash(entry, currency, at),
      currency,
      description: readDescription(entry, at) || description,
      transmitter: readTransmitter(entry, at),
    };
  });
  refuseMixedCurrencies(drafts);
  return drafts;
}

/** Reads the body of `POST /v1/journals/reverse_batch`: one draft per entry. @throws Refusal 400 */
export function readReverseBatch(body: JsonObject, { systemCurrency }: Settings): JournalDraft[] {
  const entryType = readEntryType(body, ['JNLC']);
  const toAccount = readAccountId(body, 'to_account');
  const currency = readCurrency(body, systemCurrency);
  return readEntries(body).map((entry, index): JournalDraft => {
    const at = `entries[${index}].`;
    refuseCurrency(entry, `${at}currency must be beside the entries of a reverse batch`);
    return {
      entryType,
      fromAccount: readAccountId(entry, 'from_account', at),
      toAccount,
      ...readCash(entry, currency, at),
      currency,
      description: readDescription(entry, at),
      transmitter: null,
    };
  });
}

/** Refuses a misplaced currency: ignoring it would move money in the wrong currency. */
function refuseCurrency(body: JsonObject, message: string): void {
  if (readText(body, 'currency') !== '') throw invalid(message);
}

function readCash(body: JsonObject, currency: string, at = ''): Pick<JournalDraft, 'unit' | 'amount' | 'price'> {
  return { unit: `cash:${currency}`, amount: readPositiveDecimal(body, 'amount', at), price: null };
}

function refuseMixedCurrencies(drafts: readonly JournalDraft[]): void {
  const [first] = drafts;
  const other = drafts.findIndex((draft) => draft.currency !== first?.currency);
  if (other === -1) return;
  throw invalid(`entries[${other}].currency must be the same in all entries of a batch`);
}
