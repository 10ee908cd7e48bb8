/** The gateway's own rules, so that a form shows what the gateway would refuse. Each returns what is wrong, or null. */
type Rule = (value: string) => string | null;

const decimal = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** RFC 3339 with an offset. */
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

const maxDescription = 1_024;
const maxTransmitter = 255;
const maxQtyPlaces = 9;
export const maxEntries = 1_000;

export const accountProblem: Rule = (value) => {
  if (value === '') return 'Enter the account';
  return uuid.test(value) ? null : 'An account is a UUID of 36 characters';
};

export const amountProblem: Rule = (value) => {
  if (value === '') return 'Enter the amount';
  if (!decimal.test(value)) return 'Digits and a decimal point only, such as 1250.75';
  return isPositive(value) ? null : 'The amount must be greater than 0';
};

export const qtyProblem: Rule = (value) => {
  if (value === '') return 'Enter the quantity';
  if (!decimal.test(value)) return 'Digits and a decimal point only, such as 2.5';
  if (!isPositive(value)) return 'The quantity must be greater than 0';
  const places = value.split('.')[1]?.length ?? 0;
  return places > maxQtyPlaces ? `At most ${maxQtyPlaces} decimal places; there are ${places}` : null;
};

export const symbolProblem: Rule = (value) => (value.trim() === '' ? 'Enter the symbol' : null);

export const descriptionProblem: Rule = (value) => tooLong(value, maxDescription);

export const transmitterProblem: Rule = (value) => tooLong(value, maxTransmitter);

export const timestampProblem: Rule = (value) => {
  if (value === '' || (instant.test(value) && !Number.isNaN(Date.parse(value)))) return null;
  return 'A time with its offset, such as 2026-10-13T13:11:10Z';
};

/** An entry without a currency is in the firm's own currency, so it is not compared. */
export function currencyProblem(currency: string, first: string): string | null {
  if (currency === '' || currency.toUpperCase() === first.toUpperCase()) return null;
  return `All entries of a batch must have the same currency; an earlier entry has ${first}`;
}

function isPositive(value: string): boolean {
  return !value.startsWith('-') && /[1-9]/.test(value);
}

function tooLong(value: string, max: number): string | null {
  const length = Array.from(value).length;
  return length > max
    ? `At most ${max.toLocaleString('en')} characters; there are ${length.toLocaleString('en')}`
    : null;
}
