/** mysql.time_zone_name: the zones that the runtime knows, which CONVERT_TZ and `time_zone` take. */
import { computedTable } from './computed-table.ts';
import { zoneNames } from './zone-names.ts';

export const table = computedTable('time_zone_name', { Name: 'name', Time_zone_id: 'number' }, () =>
  zoneNames().map((name, i) => [name, i + 1]),
);
