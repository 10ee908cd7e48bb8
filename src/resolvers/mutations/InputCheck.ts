import { randomUUID } from 'node:crypto';

import { decimalPlaces, isPositive } from '../../domain/decimal.ts';
import type { NewJNLS, ReverseBatchEntry, Transmitter } from '../../domain/newJournal.ts';
import { InvalidRequestError } from '../../errors/refusals.ts';
import type { InvalidRequestIssue } from '../../errors/refusals.ts';
import { asUuid } from '../../domain/uuid.ts';

type Path = readonly (string | number)[];
type Cash = Transmitter & Pick<ReverseBatchEntry, 'amount' | 'description'>;

/** Limits of the API, from its reference. Lengths are in characters. */
const maxDescription = 1_024;
const maxTransmitter = 255;
const maxQtyPlaces = 9;
/** A limit of the gateway: the API documents none. */
const maxEntries = 1_000;
/** The API accepts 128 characters today but will accept fewer in future, so `IdempotencyKeys` shortens long keys. */
const maxKey = 128;
const transmitterFields = [
  'transmitterName',
  'transmitterAccountNumber',
  'transmitterAddress',
  'transmitterFinancialInstitution',
] as const;
/** A key is sent in an HTTP header, so it consists of visible ASCII characters, with spaces only between them. */
const keyPattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/;

/**
 * Collects all problems of an input, each with its path, before anything is sent. Checks only what the API documents;
 * everything else is left to the API.
 */
export class InputCheck {
  readonly #issues: InvalidRequestIssue[] = [];

  /** Checks and returns the caller's key, or returns a new key if the caller gave none. */
  idempotencyKey(given: string | null | undefined): string {
    if (given == null) return randomUUID();
    if (!keyPattern.test(given)) {
      const found = given.length > maxKey ? `${given.length} characters` : JSON.stringify(given);
      this.add(
        ['idempotencyKey'],
        `expected 1 to ${maxKey} printable ASCII characters, preferably a UUID; found ${found}`,
      );
    }
    return given;
  }

  /** Checks an account id and returns it in the API's spelling. */
  account(path: Path, value: string): string {
    const id = asUuid(value);
    if (id === null) this.add(path, `expected a UUID, found ${quote(value)}`);
    return id ?? value;
  }

  /**
   * Of the transmitter's fields, checks only the lengths: they are personal data and must never appear in a message.
   */
  cash(path: Path, entry: Cash): void {
    const { amount } = entry;
    if (!isPositive(amount)) this.add([...path, 'amount'], `expected an amount above 0, found ${quote(amount)}`);
    this.description([...path, 'description'], entry.description);
    for (const field of transmitterFields) this.#maxLength([...path, field], entry[field], maxTransmitter);
  }

  securities(path: Path, { symbol, qty, description }: Pick<NewJNLS, 'symbol' | 'qty' | 'description'>): void {
    if (symbol.trim() === '') this.add([...path, 'symbol'], 'expected a symbol, found an empty string');
    if (!isPositive(qty)) this.add([...path, 'qty'], `expected a qty above 0, found ${quote(qty)}`);
    const places = decimalPlaces(qty);
    if (places > maxQtyPlaces) this.add([...path, 'qty'], `expected at most ${maxQtyPlaces} decimals, found ${places}`);
    this.description([...path, 'description'], description);
  }

  entries(path: Path, entries: readonly unknown[]): void {
    if (entries.length === 0) this.add(path, 'expected at least one entry, found none');
    if (entries.length > maxEntries) this.add(path, `expected at most ${maxEntries} entries, found ${entries.length}`);
  }

  /**
   * Entries without a currency are in the firm's own currency, which the gateway does not know, so they are not
   * compared.
   */
  oneCurrency(path: Path, entries: readonly { currency?: string | null | undefined }[]): void {
    const first = entries.find(({ currency }) => currency)?.currency ?? '';
    entries.forEach(({ currency }, index) => {
      if (!currency || currency.toUpperCase() === first.toUpperCase()) return;
      const expected = `expected ${quote(first)}, the currency of the entries before it`;
      this.add([...path, index, 'currency'], `${expected}, found ${quote(currency)}`);
    });
  }

  description(path: Path, value: string | null | undefined): void {
    this.#maxLength(path, value, maxDescription);
  }

  add(path: Path, message: string): void {
    this.#issues.push({ path: path.map(String), message });
  }

  /** @throws InvalidRequestError listing all problems */
  throwIfAny(): void {
    if (this.#issues.length > 0) throw InvalidRequestError.beforeSending(this.#issues);
  }

  #maxLength(path: Path, value: string | null | undefined, max: number): void {
    // A text never has more characters than UTF-16 code units.
    if (value == null || value.length <= max) return;
    const { length } = Array.from(value);
    if (length > max) this.add(path, `expected at most ${max} characters, found ${length}`);
  }
}

function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
