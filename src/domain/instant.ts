/** A date and time with an offset (RFC 3339), e.g. `2026-10-13T13:11:10.57913Z`. The original spelling is kept. */
export type Instant = string;

const pattern = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;

export function isInstant(value: string): value is Instant {
  const match = pattern.exec(value);
  if (!match) return false;
  const [, date = '', hour = '', minute = '', second = '', , offset = ''] = match;
  // With an offset, the UTC time could be before the year 0 or after 9999.
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
 * A key that sorts chronologically and is equal for equal instants, whatever their offsets and numbers of digits. It keeps
 * nanoseconds: `Date` keeps milliseconds only, and the API sends microseconds.
 */
export function instantKey(value: Instant): string {
  if (isPlainUtc(value)) return `${value.slice(0, 19)}.${value.slice(20, -1).slice(0, 9).padEnd(9, '0')}Z`;
  const match = pattern.exec(value);
  if (!match) throw new RangeError(`expected an RFC 3339 instant, found ${JSON.stringify(value)}`);
  const [, date = '', hour = '', minute = '', second = '', fraction = '', offset = ''] = match;
  // `Date.UTC` maps the years 0 to 99 to 1900 to 1999, and the zero time of Go is in the year 1.
  const local = Date.parse(`${date}T00:00:00Z`) + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000;
  const utc = new Date(local - offsetMs(offset)).toISOString().slice(0, 19);
  return `${utc}.${fraction.slice(0, 9).padEnd(9, '0')}Z`;
}

/**
 * Unix time in whole ms. Unlike `Date.parse` it reads leap seconds.
 *
 * @throws RangeError if the value is not an instant
 */
export function instantMs(value: Instant): number {
  const key = instantKey(value);
  return Date.parse(`${key.slice(0, 23)}Z`);
}

/** Unix time in ms, with microseconds as an exact fraction. Further digits are truncated. */
export function instantFractionalMs(value: Instant): number {
  const key = instantKey(value);
  return (Date.parse(`${key.slice(0, 23)}Z`) * 1_000 + Number(key.slice(23, 26))) / 1_000;
}

/** The UTC day of the instant. */
export function dayOfInstant(value: Instant): string {
  return isPlainUtc(value) ? value.slice(0, 10) : instantKey(value).slice(0, 10);
}

/** The API's own form, with `T` and `Z`, without a leap second. Such an instant needs no conversion. */
const plainUtc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(?:\.\d+)?Z$/;

function isPlainUtc(value: Instant): boolean {
  return plainUtc.test(value);
}

function offsetMs(offset: string): number {
  if (offset.length === 1) return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** Stricter than `Date`, which reads the 30th of February as a day in March. */
function isDayOfCalendar(date: string): boolean {
  const [month, day] = [Number(date.slice(5, 7)), Number(date.slice(8))];
  // A shortcut for days that every month has, since lists contain thousands of dates.
  if (day >= 1 && day <= 28) return month >= 1 && month <= 12;
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}
