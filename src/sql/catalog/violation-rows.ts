/** Rows of a table that violate a constraint, as `dolt_constraint_violations_<table>` and the command line show them. */
import { type Artifact, ArtifactKind, artifactsOf } from '../../repo/artifacts.ts';
import { decodeRow } from '../../table/row-codec.ts';
import type { Table } from '../../table/table.ts';
import type { Value } from '../../tuple/value.ts';
import { computedText, parseJson } from '../types/json-value.ts';
import { COMPUTED_JSON, DEFAULT_COLLATION, type SqlType, varchar } from '../types/sql-type.ts';
import type { SystemColumn } from './system-table.ts';
import { storedType } from './table-columns.ts';

const KINDS: SqlType = {
  kind: 'enum',
  members: ['foreign key', 'unique index', 'check constraint', 'not null'],
  collation: DEFAULT_COLLATION,
};
const VIOLATIONS = [ArtifactKind.foreignKey, ArtifactKind.unique, ArtifactKind.check, ArtifactKind.notNull] as const;

/** Where it came from, the kind, the table's own columns, what is wrong. */
export function violationColumns({ schema }: Table): SystemColumn[] {
  return [
    { name: 'from_root_ish', type: varchar(1023), nullable: true },
    { name: 'violation_type', type: KINDS, nullable: false, key: 'PRI' },
    ...schema.columns.map((column, i): SystemColumn => {
      const type = storedType(column.sqlType);
      const key = schema.primaryKey.includes(i) ? ({ key: 'PRI' } as const) : {};
      return { name: column.name, type, nullable: column.nullable, ...key };
    }),
    { name: 'violation_info', type: COMPUTED_JSON, nullable: false, key: 'PRI' },
  ];
}

export interface Violation {
  readonly artifact: Artifact;
  /** In the order of `violationColumns`. */
  readonly values: readonly Value[];
}

/** The rows are those that violated, whether they are in the table (or ever were) or not. */
export function* violationRows(table: Table): Generator<Violation, void, void> {
  const { schema, store } = table;
  for (const artifact of artifactsOf(table, VIOLATIONS)) {
    const { rowKey, meta, theirs } = artifact;
    const stored = JSON.parse(meta) as StoredViolation;
    const value = Buffer.from(stored.value ?? '', 'base64');
    const row = decodeRow(schema, rowKey, 0, rowKey.length, value, 0, value.length, store);
    const kind = VIOLATIONS.indexOf(artifact.kind as (typeof VIOLATIONS)[number]) + 1;
    yield { artifact, values: [theirs, kind, ...row, violationInfo(stored)] };
  }
}

/** What an artifact keeps of a violation: what it says, and the value tuple of the row, both in base64. */
interface StoredViolation {
  readonly v_info?: string;
  readonly value?: string;
}

/** What a violation says is JSON inside of JSON; it is shown as a computed document. */
function violationInfo({ v_info: said = '' }: StoredViolation): string {
  return computedText(parseJson(Buffer.from(said, 'base64').toString('utf8'), 'text'));
}
