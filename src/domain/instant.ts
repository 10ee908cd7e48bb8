/** A moment as RFC 3339 writes it, with an offset: `2026-10-13T13:11:10.57913Z`. Kept as the string that it came as. */
export type Instant = string;

const pattern = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;

export function isInstant(value: string): value is Instant {
  const match = pattern.exec(value);
  if (!match) return false;
  const [, date = '', hour = '', minute = '', second = '', , offset = ''] = match;
  // An offset may carry it over the first or the last year that can be written.
  const isAtAnEnd = /^(?:0000-01-01|9999-12-31)/.test(date) && offset.length > 1;
  return (
    isDayOfCalendar(date) &&
    !isAtAnEnd &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) <= (date === '9999-12-31' ? 59 : 60) &&
    (offset.length === 1 || (Number(offset.slice(1, 3)) < 24 && Number(offset.slice(4)) < 60))
  );
}

/**
 * A string that sorts as the instants do and is equal for equal instants, whatever their offsets
 * and however many digits of a second they carry, down to the nanosecond: `Date` keeps milliseconds only,
 * the API writes microseconds.
 */
export function instantKey(value: Instant): string {
  if (isPlainUtc(value)) return `${value.slice(0, 19)}.${value.slice(20, -1).slice(0, 9).padEnd(9, '0')}Z`;
  const match = pattern.exec(value);
  if (!match) throw new RangeError(`expected an RFC 3339 instant, found ${JSON.stringify(value)}`);
  const [, date = '', hour = '', minute = '', second = '', fraction = '', offset = ''] = match;
  // Not `Date.UTC`: it takes the years 0 to 99 for 1900 to 1999, and a Go service writes its zero time as the year 1.
  const local = Date.parse(`${date}T00:00:00Z`) + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000;
  const utc = new Date(local - offsetMs(offset)).toISOString().slice(0, 19);
  return `${utc}.${fraction.slice(0, 9).padEnd(9, '0')}Z`;
}

/**
 * Unix time in ms, the fraction cut. Not `Date.parse`: it knows no leap second, and NaN is no time.
 *
 * @throws RangeError for what is no instant
 */
export function instantMs(value: Instant): number {
  const key = instantKey(value);
  return Date.parse(`${key.slice(0, 23)}Z`);
}

/** Unix time in ms with its microseconds as a fraction, further digits cut: as fine as the API writes, and exact. */
export function instantFractionalMs(value: Instant): number {
  const key = instantKey(value);
  return (Date.parse(`${key.slice(0, 23)}Z`) * 1_000 + Number(key.slice(23, 26))) / 1_000;
}

/** The day in UTC on which the instant falls. */
export function dayOfInstant(value: Instant): string {
  return isPlainUtc(value) ? value.slice(0, 10) : instantKey(value).slice(0, 10);
}

/** Written as the API writes it, with `T` and `Z`, and no leap second. Nothing of it needs to be converted. */
const plainUtc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(?:\.\d+)?Z$/;

function isPlainUtc(value: Instant): boolean {
  return plainUtc.test(value);
}

function offsetMs(offset: string): number {
  if (offset.length === 1) return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** `Date` rolls the 30th of February over into March; a calendar doesn't. */
function isDayOfCalendar(date: string): boolean {
  const [month, day] = [Number(date.slice(5, 7)), Number(date.slice(8))];
  // Every month has these, and lists of journals have thousands of them.
  if (day >= 1 && day <= 28) return month >= 1 && month <= 12;
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}
