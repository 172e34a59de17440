/** CREATE VIEW, ALTER VIEW. */

import type { Account } from './ast/node.ts';
import type { CreateViewStatement } from './ast/view-statements.ts';
import { parseQuery } from './parse-query.ts';
import { parseTableName } from './parse-table-reference.ts';
import { span, type Tokens } from './tokens.ts';

/** What stands between CREATE and the kind of object. */
export interface CreateModifiers {
  readonly orReplace: boolean;
  readonly temporary: boolean;
  readonly algorithm?: 'undefined' | 'merge' | 'temptable';
  readonly definer?: Account;
  /** Where DEFINER would stand. */
  readonly definerAt: number;
  readonly security?: 'definer' | 'invoker';
}

/** From VIEW on. */
export function parseCreateView(
  tokens: Tokens,
  start: number,
  modifiers: CreateModifiers,
  alter: boolean,
): CreateViewStatement {
  tokens.expect('view');
  const ifNotExists = tokens.acceptIfNotExists();
  const view = parseTableName(tokens);
  const columns = tokens.at('(') ? tokens.nameList() : undefined;
  tokens.expect('as');
  const query = parseQuery(tokens);
  const checkOption = tokens.accept('with') ? parseCheckOption(tokens) : undefined;
  const { orReplace, algorithm, definer, definerAt, security } = modifiers;
  return {
    kind: 'createView',
    ...span(tokens, start),
    orReplace,
    ifNotExists,
    ...(algorithm && { algorithm }),
    ...(definer && { definer }),
    definerAt,
    ...(security && { security }),
    view,
    ...(columns && { columns }),
    query,
    ...(checkOption && { checkOption }),
    alter,
  };
}

function parseCheckOption(tokens: Tokens): 'cascaded' | 'local' {
  const option = tokens.acceptOne('cascaded', 'local') ?? 'cascaded';
  tokens.expectAll('check', 'option');
  return option;
}
