import { decimalPlaces, isPositive } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Transmitter } from '../../domain/newJournal.ts';
import { InvalidRequestError } from '../../errors/refusals.ts';
import type { InvalidRequestIssue } from '../../errors/refusals.ts';
import { asUuid } from '../../domain/uuid.ts';

type Path = readonly (string | number)[];

/** The API's limits, from its reference. Lengths in characters. */
const maxDescription = 1_024;
const maxTransmitter = 255;
const maxQtyPlaces = 9;
/** The gateway's own: the API documents no highest number of entries. */
const maxEntries = 1_000;

/**
 * Collects what is surely wrong with an input before anything is sent, all of it, each with its path.
 * Only rules that the API documents are here: what it might refuse is its own to say.
 */
export class InputCheck {
  readonly #issues: InvalidRequestIssue[] = [];

  /** The account id in the API's spelling. */
  account(path: Path, value: string): string {
    const id = asUuid(value);
    if (id === null) this.add(path, `expected a UUID, found ${quote(value)}`);
    return id ?? value;
  }

  amount(path: Path, value: Decimal): void {
    if (!isPositive(value)) this.add(path, `expected an amount above 0, found ${quote(value)}`);
  }

  qty(path: Path, value: Decimal): void {
    if (!isPositive(value)) this.add(path, `expected a qty above 0, found ${quote(value)}`);
    if (decimalPlaces(value) > maxQtyPlaces) {
      this.add(path, `expected at most ${maxQtyPlaces} decimals, found ${decimalPlaces(value)}`);
    }
  }

  symbol(path: Path, value: string): void {
    if (value.trim() === '') this.add(path, 'expected a symbol, found an empty string');
  }

  /** At least one, and at most what one batch may hold. */
  entries(path: Path, entries: readonly unknown[]): void {
    if (entries.length === 0) this.add(path, 'expected at least one entry, found none');
    if (entries.length > maxEntries) this.add(path, `expected at most ${maxEntries} entries, found ${entries.length}`);
  }

  /** Of those that state one: without one an entry is in the firm's own currency, which the gateway does not know. */
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

  /** Lengths only, and without a word of what was found: this is personal data. */
  transmitter(path: Path, transmitter: Transmitter): void {
    const fields = [
      'transmitterName',
      'transmitterAccountNumber',
      'transmitterAddress',
      'transmitterFinancialInstitution',
    ] as const;
    for (const field of fields) this.#maxLength([...path, field], transmitter[field], maxTransmitter);
  }

  add(path: Path, message: string): void {
    this.#issues.push({ path: path.map(String), message });
  }

  /** @throws InvalidRequestError with every problem found */
  throwIfAny(): void {
    if (this.#issues.length > 0) throw InvalidRequestError.beforeSending(this.#issues);
  }

  #maxLength(path: Path, value: string | null | undefined, max: number): void {
    const length = value == null ? 0 : Array.from(value).length;
    if (length > max) this.add(path, `expected at most ${max} characters, found ${length}`);
  }
}

function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
