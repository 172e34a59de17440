/** Numbers, sizes and times as people read them; times are UTC. */

const GROUPED = new Intl.NumberFormat('en-US');

export const count = (n: number | bigint): string => GROUPED.format(n);

export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

export function byteSize(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds < MINUTE) return `${Math.round(milliseconds / 1000)} s`;
  if (milliseconds < HOUR) return `${Math.round(milliseconds / MINUTE)} min`;
  if (milliseconds < 2 * DAY) return `${Math.round(milliseconds / HOUR)} h`;
  return `${count(Math.round(milliseconds / DAY))} days`;
}

export function ago(at: number, now: number): string {
  const passed = now - at;
  if (passed < 10_000) return 'just now';
  if (passed < 60 * DAY) return `${duration(passed)} ago`;
  return day(at);
}

/** `26 November 2026`. */
export function day(at: number): string {
  const options = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(at).toLocaleDateString('en-GB', options);
}

/** `2026-11-26 21:18 UTC`. */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export const timeOfDay = (at: number): string => new Date(at).toISOString().slice(11, 16);

export const isoTime = (at: number): string => new Date(at).toISOString();
