/** INSERT and REPLACE. */
import type { Expression } from './ast/expression.ts';
import type { Name } from './ast/node.ts';
import type { With } from './ast/query.ts';
import type { ColumnAssignment, InsertSource, InsertStatement, RowAlias } from './ast/row-statements.ts';
import { isQueryInParentheses, parseExpression } from './parse-expression.ts';
import { parseQuery, parseSelectItem } from './parse-query.ts';
import { parseTableName } from './parse-table-reference.ts';
import { span, type Tokens } from './tokens.ts';

export function parseInsert(tokens: Tokens, start = tokens.start, withClause?: With): InsertStatement {
  const replace = tokens.expectOne('insert', 'replace') === 'replace';
  tokens.acceptOne('low_priority', 'delayed', 'high_priority');
  const ignore = tokens.accept('ignore');
  tokens.accept('into');
  const table = parseTableName(tokens);
  const partitions = tokens.accept('partition') ? tokens.nameList() : [];
  const head = parseColumnsAndSource(tokens);
  const rowAlias = tokens.accept('as') ? parseRowAlias(tokens) : undefined;
  const onDuplicate = tokens.acceptAll('on', 'duplicate', 'key', 'update') ? parseAssignments(tokens) : [];
  const returning = tokens.accept('returning') ? tokens.list(() => parseSelectItem(tokens)) : undefined;
  return {
    kind: 'insert',
    ...span(tokens, start),
    replace,
    ignore,
    table,
    partitions,
    ...head,
    ...(rowAlias && { rowAlias }),
    onDuplicate,
    ...(returning && { returning }),
    ...(withClause && { with: withClause }),
  };
}

function parseColumnsAndSource(tokens: Tokens): { columns?: readonly Name[]; source: InsertSource } {
  if (tokens.accept('set')) {
    const assignments = parseAssignments(tokens);
    const columns = assignments.map(({ column }) => ({ name: column.name, start: column.start, end: column.end }));
    return { columns, source: { kind: 'rows', rows: [assignments.map(({ value }) => value)] } };
  }
  const columns = tokens.at('(') && !isQueryInParentheses(tokens) ? parseColumns(tokens) : undefined;
  const source = parseSource(tokens);
  return columns === undefined ? { source } : { columns, source };
}

function parseColumns(tokens: Tokens): readonly Name[] {
  tokens.expect('(');
  const columns = tokens.at(')') ? [] : tokens.list(() => parseColumn(tokens));
  tokens.expect(')');
  return columns;
}

/** The column of `db.table.column`. */
function parseColumn(tokens: Tokens): Name {
  let name = tokens.namedNode();
  while (tokens.accept('.')) {
    const { start } = tokens;
    name = { name: tokens.nameAfterDot(), ...span(tokens, start) };
  }
  return name;
}

function parseSource(tokens: Tokens): InsertSource {
  if (tokens.acceptOne('values', 'value') !== undefined) return { kind: 'rows', rows: parseRows(tokens) };
  return { kind: 'query', query: parseQuery(tokens) };
}

const emptyRow: readonly Expression[] = [];

function parseRows(tokens: Tokens): readonly (readonly Expression[])[] {
  const rows: (readonly Expression[])[] = [];
  do {
    tokens.accept('row');
    tokens.expect('(');
    if (tokens.accept(')')) {
      rows.push(emptyRow);
      continue;
    }
    const row: Expression[] = [];
    do row.push(parseExpression(tokens));
    while (tokens.accept(','));
    tokens.expect(')');
    rows.push(row);
  } while (tokens.accept(','));
  return rows;
}

function parseRowAlias(tokens: Tokens): RowAlias {
  const name = tokens.name();
  return tokens.at('(') ? { name, columns: tokens.nameList() } : { name };
}

/** `a = 1, t.b = DEFAULT`. */
export function parseAssignments(tokens: Tokens): readonly ColumnAssignment[] {
  return tokens.list(() => {
    const { start } = tokens;
    const first = tokens.name();
    const path = [first];
    while (tokens.accept('.') && path.length < 3) path.push(tokens.nameAfterDot());
    const place = span(tokens, start);
    const name = path.pop()!;
    const table = path.pop();
    const database = path.pop();
    const column = {
      kind: 'column',
      ...place,
      ...(database !== undefined && { database }),
      ...(table !== undefined && { table }),
      name,
    } as const;
    if (!tokens.accept(':=')) tokens.expect('=');
    const value = parseExpression(tokens);
    return { column, value, ...span(tokens, start) };
  });
}
