import { isInstant } from './instant.ts';

/** A day without a time, `2020-12-24`; days are UTC. Strings of this form sort as their days do. */
export type CalendarDate = string;

export function isCalendarDate(value: string): value is CalendarDate {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && isInstant(`${value}T00:00:00Z`);
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  const moved = new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs);
  return moved.toISOString().slice(0, 10);
}

/** Whole days from the first date to the second. */
export function daysBetween(first: CalendarDate, second: CalendarDate): number {
  return Math.round((Date.parse(`${second}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / dayMs);
}

const dayMs = 86_400_000; // 24 hours
