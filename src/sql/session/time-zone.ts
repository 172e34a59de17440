/** Offsets of time zones, from the runtime's own zone database. */
const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** Seconds east of UTC at an instant (milliseconds since 1970 UTC); undefined for what is no zone. */
export function zoneOffsetSeconds(zone: string, milliseconds: number): number | undefined {
  if (/^(utc|gmt|z)$/i.test(zone)) return 0;
  const fixed = /^([+-])(\d{1,2}):(\d{2})$/.exec(zone);
  if (fixed) {
    const seconds = (Number(fixed[2]) * 60 + Number(fixed[3])) * 60;
    return seconds > 14 * 3600 ? undefined : fixed[1] === '-' ? -seconds : seconds;
  }
  const format = formatOf(zone);
  if (format === undefined) return undefined;
  const parts = new Map(format.formatToParts(milliseconds).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(
    parts.get('year')!,
    parts.get('month')! - 1,
    parts.get('day'),
    parts.get('hour')! % 24,
    parts.get('minute'),
    parts.get('second'),
  );
  return Math.round((local - Math.floor(milliseconds / 1000) * 1000) / 1000);
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(zone)) return formats.get(zone);
  let format: Intl.DateTimeFormat | undefined;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    format = undefined;
  }
  formats.set(zone, format);
  return format;
}
