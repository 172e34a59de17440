/** What programs that dump databases ask of information_schema; their own words. */
import { expect, test } from 'vitest';
import { memoryDatabase } from './memory-engine.ts';

test.each([
  `SELECT LOGFILE_GROUP_NAME, FILE_NAME, TOTAL_EXTENTS, INITIAL_SIZE, ENGINE FROM INFORMATION_SCHEMA.FILES
   WHERE FILE_TYPE = 'UNDO LOG' AND FILE_NAME IS NOT NULL AND LOGFILE_GROUP_NAME IS NOT NULL
   GROUP BY LOGFILE_GROUP_NAME, FILE_NAME, ENGINE, TOTAL_EXTENTS, INITIAL_SIZE ORDER BY LOGFILE_GROUP_NAME`,
  `SELECT DISTINCT TABLESPACE_NAME FROM INFORMATION_SCHEMA.PARTITIONS WHERE TABLE_SCHEMA IN ('shop')`,
  `SELECT TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 't'`,
])('%s', async (query) => {
  const [header, ...rows] = await memoryDatabase().run(query);
  expect(header).toMatch(/^(LOGFILE_GROUP_NAME|TABLESPACE_NAME|TRIGGER_NAME)/);
  expect(rows).toEqual([]);
});
