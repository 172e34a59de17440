/** `dolt conflicts cat`: each row in conflict as it was, and as both sides have it; schemas in conflict before rows. */

import { DoltError } from '../../base/errors.ts';
import { tablesWithConflicts } from '../../repo/artifacts.ts';
import { type Conflict, ConflictReader } from '../../repo/conflicts.ts';
import { storedType } from '../../sql/catalog/table-columns.ts';
import { quoteString } from '../../sql/syntax/print-expression.ts';
import type { TableSchema } from '../../table/schema.ts';
import { isShown } from '../../table/shown-columns.ts';
import type { Table } from '../../table/table.ts';
import type { Value } from '../../tuple/value.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { command as sql } from '../commands/sql.ts';
import { TEXT_TYPE } from '../diff/print-rows.ts';
import type { ResultColumn } from '../print/result-printer.ts';
import { TabularPrinter } from '../print/tabular-printer.ts';
import type { Terminal } from '../terminal.ts';
import { openWorkspace } from '../verb-command.ts';

export const command: Command = {
  name: 'conflicts cat',
  summary: 'Shows the rows in conflict.',
  synopsis: ['<table>...'],
  positional: [['table', 'Tables to show; . for all tables in conflict.']],
  flags: [],
  examples: ['dolt conflicts cat employees', 'dolt conflicts cat .'],
  async run(context, args) {
    const { positional } = parseArguments(command, args);
    if (positional.length === 0) {
      throw new UsageError("No tables specified\nMaybe you wanted to say 'dolt conflicts cat .'?");
    }
    const { working, merge } = openWorkspace(context, context.repository()).workingSet();
    const unmergable = merge?.unmergableTables ?? [];
    const inConflict = tablesWithConflicts(working);
    const all = positional.length === 1 && positional[0] === '.';
    const names = all
      ? [...new Set([...unmergable, ...inConflict])]
      : positional.map((given) => {
          const name = working.resolveTableName(given) ?? unmergable.find((each) => each === given);
          if (name === undefined) throw new DoltError('notFound', `table not found: ${given}`);
          return name;
        });
    for (const name of names.filter((each) => unmergable.includes(each))) {
      const columns = 'our_schema, their_schema, base_schema, description';
      const where = `table_name = ${quoteString(name)}`;
      await sql.run(context, ['-q', `select ${columns} from dolt_schema_conflicts where ${where}`]);
    }
    for (const name of names) {
      if (inConflict.includes(name)) printConflicts(name, working.table(name)!, context.terminal);
    }
    return 0;
  },
};

type Side = 'base' | 'ours' | 'theirs';

function printConflicts(name: string, table: Table, terminal: Terminal): void {
  const reader = new ConflictReader(name, table);
  const { schema } = table;
  const schemas = reader.schemas() ?? { base: schema, ours: schema, theirs: schema };
  const columns = unionOf([schemas.base, schemas.ours, schemas.theirs]);
  const printer = new TabularPrinter((text, binary) => terminal.write(text, binary), { ending: '\n' });
  printer.begin([{ name: '   ', type: TEXT_TYPE }, { name: ' ', type: TEXT_TYPE }, ...columns]);
  const sides: readonly Side[] = ['base', 'ours', 'theirs'];
  const positions = {
    base: columns.map((column) => schemas.base.columnPosition(column.name)),
    ours: columns.map((column) => schemas.ours.columnPosition(column.name)),
    theirs: columns.map((column) => schemas.theirs.columnPosition(column.name)),
  };
  for (const conflict of reader.conflicts()) {
    // A row that a side removed is shown as it was.
    const shown = sides.filter((side) => side !== 'base' || conflict.base !== undefined);
    printer.rows(
      shown.map((side) => {
        const from = conflict[side] === undefined ? 'base' : side;
        const values = positions[from].map((at): Value => conflict[from]?.[at] ?? null);
        return [` ${markOf(conflict, side)} `, side, ...values.map((value, i) => printer.cellText(i + 2, value))];
      }),
    );
  }
  printer.end();
}

function markOf(conflict: Conflict, side: Side): string {
  if (side === 'base') return ' ';
  if (conflict[side] === undefined) return '-';
  return conflict.base === undefined ? '+' : '*';
}

/** The visible columns of all sides by name, in the order they come in. */
function unionOf(schemas: readonly TableSchema[]): ResultColumn[] {
  const columns = new Map<string, ResultColumn>();
  for (const { name, sqlType } of schemas.flatMap((schema) => schema.columns.filter(isShown))) {
    if (!columns.has(name.toLowerCase())) columns.set(name.toLowerCase(), { name, type: storedType(sqlType) });
  }
  return [...columns.values()];
}
