import { isDay } from './instant.ts';

/** A UTC day without a time, e.g. `2020-12-24`. The strings sort chronologically. */
export type CalendarDate = string;

export function isCalendarDate(value: string): value is CalendarDate {
  return value.length === 10 && isDay(value);
}

/** Returns the UTC day of a Unix time in ms, by default today. */
export function utcDay(ms = Date.now()): CalendarDate {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Adds days to a date. The result is clamped to the years 1 to 9999: clients send 9999-12-31 for "no end". */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  const ms = Date.parse(`${date}T00:00:00Z`) + days * dayMs;
  return utcDay(Math.min(lastDayMs, Math.max(firstDayMs, ms)));
}

/** The number of days from the first date to the second. */
export function daysBetween(first: CalendarDate, second: CalendarDate): number {
  return Math.round((Date.parse(`${second}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / dayMs);
}

const dayMs = 86_400_000; // 24 hours
const firstDayMs = Date.parse('0001-01-01T00:00:00Z');
const lastDayMs = Date.parse('9999-12-31T00:00:00Z');
