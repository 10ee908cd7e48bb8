/** A date and time with an offset (RFC 3339), e.g. `2026-10-13T13:11:10.57913Z`. The original spelling is kept. */
export type Instant = string;

export function isInstant(value: string): value is Instant {
  // Compares character codes: lists of journals have thousands of instants, and a pattern with groups is slower.
  const second = numberAt(value, 17);
  const isTime = isOneOf(value, 10, 'Tt') && value[13] === ':' && value[16] === ':';
  if (!isTime || !(numberAt(value, 11) < 24 && numberAt(value, 14) < 60) || !isDay(value)) return false;
  const offset = endOfFraction(value);
  const isUtc = offset === value.length - 1 && isOneOf(value, offset, 'Zz');
  if (!isUtc && !isOffset(value, offset)) return false;
  // With an offset, the UTC time could be before the year 0 or after 9999.
  const isLastDay = value.startsWith('9999-12-31');
  const isAtAnEnd = isLastDay || value.startsWith('0000-01-01');
  return (isUtc || !isAtAnEnd) && second <= (isLastDay ? 59 : 60);
}

/** Whether the text begins with a day of the calendar: `2020-12-24`. */
export function isDay(text: string): boolean {
  const month = numberAt(text, 5);
  const day = numberAt(text, 8);
  // NaN, for characters that are not digits, fails each comparison.
  if (!(numberAt(text, 0) >= 0 && numberAt(text, 2) >= 0)) return false;
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return false;
  if (text[4] !== '-' || text[7] !== '-') return false;
  // Every month has 28 days.
  return day <= 28 || day <= daysOf(month, numberAt(text, 0) * 100 + numberAt(text, 2));
}

function daysOf(month: number, year: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The number that two digits at this index form; NaN if there are no two digits. */
function numberAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - zero;
  const ones = text.charCodeAt(at + 1) - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

const zero = 48;

function isOneOf(text: string, at: number, characters: string): boolean {
  const character = text[at];
  return character !== undefined && characters.includes(character);
}

/** The index at which the fraction of a second ends or, if there is no fraction, the seconds end. */
function endOfFraction(value: string): number {
  if (value[19] !== '.') return 19;
  let at = 20;
  while (value.charCodeAt(at) >= zero && value.charCodeAt(at) <= zero + 9) at += 1;
  return at === 20 ? 19 : at;
}

function isOffset(value: string, at: number): boolean {
  const isWhole = value.length === at + 6 && isOneOf(value, at, '+-') && value[at + 3] === ':';
  return isWhole && numberAt(value, at + 1) < 24 && numberAt(value, at + 4) < 60;
}

/**
 * Returns a key that sorts chronologically and is equal for equal instants, whatever their offsets and numbers of
 * digits. The key keeps nanoseconds: `Date` keeps only milliseconds, and the API sends microseconds.
 */
export function instantKey(value: Instant): string {
  if (isPlainUtc(value)) {
    const fraction = value.length === wholeSeconds ? noFraction : value.slice(20, -1).slice(0, 9).padEnd(9, '0');
    return `${value.slice(0, 19)}.${fraction}Z`;
  }
  if (!isInstant(value)) throw new RangeError(`expected an RFC 3339 instant, found ${JSON.stringify(value)}`);
  const [hour, minute, second] = [numberAt(value, 11), numberAt(value, 14), numberAt(value, 17)];
  const end = endOfFraction(value);
  // `Date.UTC` maps the years 0 to 99 to 1900 to 1999, and the zero time of Go is in the year 1.
  const local = Date.parse(`${value.slice(0, 10)}T00:00:00Z`) + ((hour * 60 + minute) * 60 + second) * 1_000;
  const utc = new Date(local - offsetMs(value.slice(end))).toISOString().slice(0, 19);
  return `${utc}.${value.slice(20, Math.min(end, 29)).padEnd(9, '0')}Z`;
}

/**
 * Returns the Unix time in whole ms. Unlike `Date.parse`, this function accepts leap seconds.
 *
 * @throws RangeError if the value is not an instant
 */
export function instantMs(value: Instant): number {
  const key = instantKey(value);
  return Date.parse(`${key.slice(0, 23)}Z`);
}

/** Returns the Unix time in ms, with microseconds as a fraction. Further digits are truncated. */
export function instantFractionalMs(value: Instant): number {
  const key = instantKey(value);
  return (Date.parse(`${key.slice(0, 23)}Z`) * 1_000 + Number(key.slice(23, 26))) / 1_000;
}

/** The UTC day of the instant. */
export function dayOfInstant(value: Instant): string {
  return isPlainUtc(value) ? value.slice(0, 10) : instantKey(value).slice(0, 10);
}

/**
 * Whether an instant has the API's own form, with `T` and `Z`, and no leap second, so that it needs no conversion. For
 * text that is not an instant, the result has no meaning.
 */
function isPlainUtc(value: Instant): boolean {
  return value[10] === 'T' && value[17] !== '6' && value.endsWith('Z');
}

/** Whether two instants are spelled in the same form, so that their texts sort as their keys do. */
export function sortAsText(first: Instant, second: Instant): boolean {
  return first.length === second.length && first.length <= longest && isPlainUtc(first) && isPlainUtc(second);
}

/** The length of a UTC instant with nanoseconds, the precision of keys. */
const longest = 30;
/** The length of a UTC instant without a fraction. */
const wholeSeconds = 20;
const noFraction = '000000000';

function offsetMs(offset: string): number {
  if (offset.length === 1) return 0;
  const minutes = numberAt(offset, 1) * 60 + numberAt(offset, 4);
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}
