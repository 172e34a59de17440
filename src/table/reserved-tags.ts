/** Column tags that the original keeps for itself (FORMAT.md appendix D.3). */

const BASE = 2 ** 51;

export const KEYLESS_ROW_ID_TAG = BASE + 5000;
export const KEYLESS_CARDINALITY_TAG = BASE + 5001;

/** The columns of `dolt_schemas`, in order: views, triggers, events. */
export const DOLT_SCHEMAS_TAGS = {
  type: BASE + 4008,
  name: BASE + 4009,
  fragment: BASE + 4010,
  extra: BASE + 4011,
  sql_mode: BASE + 4012,
} as const;

/** The columns of `dolt_procedures`, in order. */
export const DOLT_PROCEDURES_TAGS = {
  name: BASE + 6000,
  create_stmt: BASE + 6001,
  created_at: BASE + 6002,
  modified_at: BASE + 6003,
  sql_mode: BASE + 6004,
} as const;
