/** `dolt constraints verify`: what violates a constraint is printed, and the exit status is 1. */
import { violationColumns, violationRows } from '../../sql/catalog/violation-rows.ts';
import type { Table } from '../../table/table.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import { type ConstraintsVerifyResult, constraintsVerify } from '../../verbs/constraints-verify.ts';
import type { Command, CommandContext } from '../command.ts';
import { TabularPrinter } from '../print/tabular-printer.ts';
import type { Terminal } from '../terminal.ts';
import { type VerbCommandOptions, verbCommand } from '../verb-command.ts';

/** How many violations of a table are printed. */
const MOST = 50;

const options: VerbCommandOptions<ConstraintsVerifyResult> = {
  examples: ['dolt constraints verify', 'dolt constraints verify --all --output-only employees'],
  print({ root, violated }, { terminal }: CommandContext) {
    if (violated.length > 0) terminal.error('All constraints are not satisfied.');
    for (const name of [...violated].sort()) printViolations(name, root.table(name)!, terminal);
  },
  status: ({ violated }) => (violated.length > 0 ? 1 : 0),
};
const writes = verbCommand(constraintsVerify, options);
/** What is only told is known to nobody else: it is found here, whoever holds the repository. */
const tells = verbCommand(constraintsVerify, { ...options, server: 'none' });

export const command: Command = {
  ...writes,
  async run(context, args) {
    const isOnlyTold = parseArguments(constraintsVerify, args).has('output-only');
    return await (isOnlyTold ? tells : writes).run(context, args);
  },
};

function printViolations(name: string, table: Table, terminal: Terminal): void {
  terminal.line(`\ndolt_constraint_violations_${name}`);
  const printer = new TabularPrinter((text, binary) => terminal.write(text, binary), { ending: '\n' });
  // Where a violation came from is left out.
  printer.begin(violationColumns(table).slice(1));
  const rows: string[][] = [];
  let isCut = false;
  for (const { values } of violationRows(table)) {
    isCut = rows.length === MOST;
    if (isCut) break;
    rows.push(values.slice(1).map((value, i) => printer.cellText(i, value)));
  }
  printer.rows(rows);
  printer.end();
  if (isCut) {
    const source = `dolt_constraint_violations_${name}`;
    terminal.line(`Over ${MOST} constraint violations were found. Please query '${source}' to see them all.`);
  }
}
