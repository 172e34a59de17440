/** mysql.time_zone: an identifier for each of the zones of `time_zone_name`. Programs look whether there are any. */
import { computedTable } from './computed-table.ts';
import { zoneNames } from './zone-names.ts';

export const table = computedTable('time_zone', { Time_zone_id: 'number', Use_leap_seconds: 'flag' }, () =>
  zoneNames().map((_, i) => [i + 1, 'N']),
);
