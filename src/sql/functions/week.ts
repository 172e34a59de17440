/** Weeks by MySQL's eight modes (manual, "WEEK(date[, mode])"). */
import { daysFromCivil, isLeapYear } from '../types/civil.ts';

/** Monday 0 … Sunday 6. */
export function weekday(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

export interface Week {
  readonly year: number;
  readonly week: number;
}

/**
 * Bit 0: weeks begin on Monday; bit 1: weeks count from 1 and the last of December may be week 1 of the next year; bit 2
 * (turned round where weeks begin on Sunday): week 1 is that of the first such weekday, else the first with four days.
 */
export function weekOf(year: number, days: number, mode: number): Week {
  const mondayFirst = (mode & 1) !== 0;
  const fromOne = (mode & 2) !== 0;
  const firstWeekday = ((mode & 4) !== 0) === mondayFirst;
  return calculate(year, days, mondayFirst, fromOne, firstWeekday);
}

function calculate(year: number, days: number, mondayFirst: boolean, fromOne: boolean, firstWeekday: boolean): Week {
  const newYear = daysFromCivil(year, 1, 1);
  let weekYear = year;
  let first = newYear;
  let start = mondayFirst ? weekday(newYear) : (weekday(newYear) + 1) % 7;
  const begins = (day: number) => (firstWeekday ? day !== 0 : day >= 4);
  if (days - newYear <= 6 - start && begins(start)) {
    if (!fromOne) return { year, week: 0 };
    weekYear--;
    const length = isLeapYear(weekYear) ? 366 : 365;
    first = newYear - length;
    start = (start + 53 * 7 - length) % 7;
  }
  const offset = begins(start) ? days - (first + (7 - start)) : days - (first - start);
  if (fromOne && offset >= 52 * 7) {
    const length = isLeapYear(weekYear) ? 366 : 365;
    const next = (start + length) % 7;
    if (firstWeekday ? next === 0 : next < 4) return { year: weekYear + 1, week: 1 };
  }
  return { year: weekYear, week: Math.floor(offset / 7) + 1 };
}
