/**
 * Dates as users write them for commits: `YYYY-MM-DD`, also with `/` or `.`, optionally `THH:MM:SS[.fff]` and a zone
 * (`Z`, `+hh:mm`). Without a zone the time is UTC, as in Dolt.
 */
import { DoltError } from '../base/errors.ts';

const FORMAT =
  /^(\d{4})([-/.])(\d{2})\2(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))?)?$/;

/** Milliseconds since 1970 UTC. Throws `invalid` for what is no date. */
export function parseDate(text: string): number {
  const match = FORMAT.exec(text);
  if (match) {
    const [, year, , month, day, hour = '0', minute = '0', second = '0', fraction = '', sign, zoneHour, zoneMinute] =
      match;
    const date = new Date(0);
    date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
    date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)));
    const exists =
      date.getUTCMonth() === Number(month) - 1 &&
      date.getUTCDate() === Number(day) &&
      Number(hour) < 24 &&
      Number(minute) < 60 &&
      Number(second) < 60 &&
      Number(zoneHour ?? 0) < 25 &&
      Number(zoneMinute ?? 0) < 60;
    if (exists) {
      const zone = sign === undefined ? 0 : (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -1 : 1);
      return date.getTime() - zone * 60_000;
    }
  }
  throw new DoltError('invalid', `error: '${text}' is not in a supported format.`);
}
