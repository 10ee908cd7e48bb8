import { describe, expect, it } from 'vitest';

import { addDays, daysBetween, isCalendarDate } from '../../src/domain/calendarDate.ts';

describe('isCalendarDate', () => {
  it.each(['2020-12-24', '2024-02-29', '2000-02-29', '9999-12-31'])('accepts %s', (value) => {
    expect(isCalendarDate(value)).toBe(true);
  });

  it.each(['', '2020-12-32', '2023-02-29', '1900-02-29', '2020-00-10', '2020-1-1', '20201224', '2020-12-24T00:00:00Z'])(
    'refuses %j',
    (value) => {
      expect(isCalendarDate(value)).toBe(false);
    },
  );
});

describe('addDays', () => {
  it.each([
    ['2020-12-24', 0, '2020-12-24'],
    ['2020-12-31', 1, '2021-01-01'],
    ['2024-03-01', -1, '2024-02-29'],
    ['2023-03-01', -1, '2023-02-28'],
    ['2026-03-28', 2, '2026-03-30'],
    ['9999-12-31', 2, '9999-12-31'],
    ['0000-01-01', -2, '0001-01-01'],
  ])('to %s with %i days returns %s', (date, days, moved) => {
    expect(addDays(date, days)).toBe(moved);
  });
});

describe('daysBetween', () => {
  it.each([
    ['2020-12-24', '2020-12-24', 0],
    ['2020-12-24', '2021-01-01', 8],
    ['2024-03-01', '2024-02-28', -2],
    ['2026-03-28', '2026-03-30', 2],
  ])('%s and %s is %i', (first, second, days) => {
    expect(daysBetween(first, second)).toBe(days);
  });
});

describe('the days of the calendar', () => {
  it('are those of Date, in every month of common years, leap years and years of centuries', () => {
    for (const year of ['0000', '0001', '0004', '0100', '0400', '1900', '2000', '2023', '2024', '9999']) {
      for (let month = 0; month <= 13; month += 1) {
        for (let day = 0; day <= 32; day += 1) {
          const date = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          const time = new Date(`${date}T00:00:00Z`);
          const isDay = !Number.isNaN(time.getTime()) && time.toISOString().startsWith(date);

          expect(isCalendarDate(date), date).toBe(isDay);
        }
      }
    }
  });
});
