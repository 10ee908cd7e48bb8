/** Instants are whole microseconds since 1970: they fit a JavaScript integer until the year 2255. */
export type Micros = number;

export const microsPerMillisecond = 1_000;
export const microsPerDay = 86_400_000_000;
/** The longest delay of setTimeout and setInterval. They treat a longer one as one millisecond. */
export const longestTimerMs = 2_147_483_647;
/** The latest time that the clock can be set to, which leaves room for later due times. */
export const latestInstant: Micros = Date.UTC(2255, 0, 1) * microsPerMillisecond;

/** Formats an instant as the API does: RFC 3339 in UTC, up to six decimals, no trailing zeros (`…10.57913Z`). */
export function formatInstant(micros: Micros): string {
  const seconds = new Date(Math.floor(micros / microsPerMillisecond)).toISOString().slice(0, 19);
  const fraction = (micros % 1_000_000).toString().padStart(6, '0').replace(/0+$/, '');
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

/** Returns the UTC date of an instant, such as `2020-12-24`. */
export function formatDate(micros: Micros): string {
  return new Date(Math.floor(micros / microsPerMillisecond)).toISOString().slice(0, 10);
}

/** Parses an RFC 3339 time with any offset, truncated to microseconds. Returns null for anything else. */
export function parseInstant(text: string): Micros | null {
  const match = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return null;
  const [, date = '', time = '', fraction = '', offset = ''] = match;
  if (parseDate(date) === null) return null;
  const milliseconds = Date.parse(`${date}T${time}${offset.toUpperCase()}`);
  if (Number.isNaN(milliseconds)) return null;
  return milliseconds * microsPerMillisecond + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** Returns midnight UTC of a date such as `2020-12-24`, or null if the text isn't one or the date doesn't exist. */
export function parseDate(text: string): Micros | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(milliseconds)) return null;
  const micros = milliseconds * microsPerMillisecond;
  return formatDate(micros) === text ? micros : null;
}

/** Returns the next midnight UTC after an instant. */
export function endOfDay(micros: Micros): Micros {
  return (Math.floor(micros / microsPerDay) + 1) * microsPerDay;
}
