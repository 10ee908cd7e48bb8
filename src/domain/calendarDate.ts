import { isDay } from './instant.ts';

/** A day without a time, `2020-12-24`; days are UTC. Strings of this form sort as their days do. */
export type CalendarDate = string;

export function isCalendarDate(value: string): value is CalendarDate {
  return value.length === 10 && isDay(value);
}

/** Never beyond the days that a calendar date can write: people send 9999-12-31 for "no end". */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  const ms = Date.parse(`${date}T00:00:00Z`) + days * dayMs;
  return new Date(Math.min(lastDayMs, Math.max(firstDayMs, ms))).toISOString().slice(0, 10);
}

/** Whole days from the first date to the second. */
export function daysBetween(first: CalendarDate, second: CalendarDate): number {
  return Math.round((Date.parse(`${second}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / dayMs);
}

const dayMs = 86_400_000; // 24 hours
const firstDayMs = Date.parse('0001-01-01T00:00:00Z');
const lastDayMs = Date.parse('9999-12-31T00:00:00Z');
