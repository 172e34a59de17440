/** LOAD DATA. */
import type { ColumnReference } from './ast/expression.ts';
import type { IntoTarget } from './ast/query.ts';
import type { LoadDataStatement } from './ast/row-statements.ts';
import { parseFileFormat } from './parse-file-format.ts';
import { parseAssignments } from './parse-insert.ts';
import { parseVariableName } from './parse-primary.ts';
import { parseTableName } from './parse-table-reference.ts';
import { span, type Tokens } from './tokens.ts';

export function parseLoadData(tokens: Tokens): LoadDataStatement {
  const { start } = tokens;
  tokens.expectAll('load', 'data');
  tokens.acceptOne('low_priority', 'concurrent');
  const local = tokens.accept('local');
  tokens.expect('infile');
  const path = tokens.string();
  const duplicates = tokens.acceptOne('replace', 'ignore');
  tokens.expectAll('into', 'table');
  const table = parseTableName(tokens);
  if (tokens.accept('partition')) tokens.nameList();
  const format = parseFileFormat(tokens);
  const ignoreLines = parseIgnoreLines(tokens);
  const fields = tokens.accept('(') ? parseFields(tokens) : [];
  const assignments = tokens.accept('set') ? parseAssignments(tokens) : [];
  return {
    kind: 'loadData',
    ...span(tokens, start),
    local,
    path,
    ...(duplicates && { duplicates }),
    table,
    format,
    ignoreLines,
    fields,
    assignments,
  };
}

function parseIgnoreLines(tokens: Tokens): number {
  if (!tokens.accept('ignore')) return 0;
  const count = tokens.integer();
  tokens.expectOne('lines', 'rows');
  return count;
}

function parseFields(tokens: Tokens): readonly (ColumnReference | IntoTarget)[] {
  const fields = tokens.at(')') ? [] : tokens.list(() => parseField(tokens));
  tokens.expect(')');
  return fields;
}

function parseField(tokens: Tokens): ColumnReference | IntoTarget {
  const { start } = tokens;
  if (tokens.kind === 'variable') return { kind: 'user', name: parseVariableName(tokens), ...span(tokens, start) };
  return { kind: 'column', name: tokens.name(), ...span(tokens, start) };
}
