/** UPDATE and DELETE, of one table and of several. */
import type { TableName } from './ast/node.ts';
import type { With } from './ast/query.ts';
import type { DeleteStatement, UpdateStatement } from './ast/row-statements.ts';
import { parseExpression } from './parse-expression.ts';
import { parseAssignments } from './parse-insert.ts';
import { parseLimit, parseOrderItems } from './parse-query.ts';
import { parseTableReferences } from './parse-table-reference.ts';
import { span, type Tokens } from './tokens.ts';

export function parseUpdate(tokens: Tokens, start = tokens.start, withClause?: With): UpdateStatement {
  tokens.expect('update');
  tokens.accept('low_priority');
  const ignore = tokens.accept('ignore');
  const tables = parseTableReferences(tokens);
  tokens.expect('set');
  const assignments = parseAssignments(tokens);
  const tail = parseTail(tokens);
  return {
    kind: 'update',
    ...span(tokens, start),
    ...(withClause && { with: withClause }),
    ignore,
    tables,
    assignments,
    ...tail,
  };
}

function parseTail(tokens: Tokens): Pick<UpdateStatement, 'where' | 'orderBy' | 'limit'> {
  const where = tokens.accept('where') ? parseExpression(tokens) : undefined;
  const orderBy = tokens.at('order') ? parseOrderItems(tokens) : [];
  const limit = tokens.at('limit') ? parseLimit(tokens) : undefined;
  return { ...(where && { where }), orderBy, ...(limit && { limit }) };
}

export function parseDelete(tokens: Tokens, start = tokens.start, withClause?: With): DeleteStatement {
  tokens.expect('delete');
  while (tokens.acceptOne('low_priority', 'quick') !== undefined) {}
  const ignore = tokens.accept('ignore');
  const tables = parseTables(tokens);
  const tail = parseTail(tokens);
  return {
    kind: 'delete',
    ...span(tokens, start),
    ...(withClause && { with: withClause }),
    ignore,
    ...tables,
    ...tail,
  };
}

function parseTables(tokens: Tokens): Pick<DeleteStatement, 'targets' | 'from'> {
  if (!tokens.accept('from')) {
    const targets = tokens.list(() => parseTarget(tokens));
    tokens.expect('from');
    return { targets, from: parseTableReferences(tokens) };
  }
  const mark = tokens.mark();
  const targets = tokens.atName() ? tokens.list(() => parseTarget(tokens)) : [];
  if (tokens.accept('using')) return { targets, from: parseTableReferences(tokens) };
  tokens.reset(mark);
  return { targets: [], from: parseTableReferences(tokens) };
}

/** `t`, `t.*`, `db.t.*`. */
function parseTarget(tokens: Tokens): TableName {
  const { start } = tokens;
  const first = tokens.name();
  if (!tokens.accept('.') || tokens.accept('*')) return { name: first, ...span(tokens, start) };
  const name = tokens.nameAfterDot();
  if (tokens.accept('.')) tokens.expect('*');
  return { database: first, name, ...span(tokens, start) };
}
