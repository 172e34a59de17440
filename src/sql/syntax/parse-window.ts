/** Windows: OVER (…), WINDOW w AS (…). */
import type { FrameBound, WindowFrame, WindowSpecification } from './ast/expression.ts';
import type { NamedWindow } from './ast/query.ts';
import { BIT_OR, parseExpression } from './parse-expression.ts';
import { parseOrderItems } from './parse-query.ts';
import { span, type Tokens } from './tokens.ts';

export function parseWindowSpecification(tokens: Tokens): WindowSpecification {
  const { start } = tokens;
  tokens.expect('(');
  const base = tokens.atName() && !isFrameUnit(tokens) ? tokens.name() : undefined;
  const partitionBy = tokens.acceptAll('partition', 'by') ? tokens.list(() => parseExpression(tokens)) : [];
  const orderBy = tokens.at('order') ? parseOrderItems(tokens) : [];
  const frame = isFrameUnit(tokens) ? parseFrame(tokens) : undefined;
  tokens.expect(')');
  return {
    kind: 'window',
    ...span(tokens, start),
    ...(base !== undefined && { base }),
    partitionBy,
    orderBy,
    ...(frame && { frame }),
  };
}

/** WINDOW a AS (…), b AS (…). */
export function parseNamedWindows(tokens: Tokens): readonly NamedWindow[] {
  if (!tokens.accept('window')) return [];
  return tokens.list(() => {
    const { start } = tokens;
    const name = tokens.name();
    tokens.expect('as');
    const window = parseWindowSpecification(tokens);
    return { name, window, ...span(tokens, start) };
  });
}

function isFrameUnit(tokens: Tokens): boolean {
  return tokens.at('rows') || tokens.at('range') || tokens.at('groups');
}

function parseFrame(tokens: Tokens): WindowFrame {
  const { start } = tokens;
  const unit = tokens.expectOne('rows', 'range', 'groups');
  if (!tokens.accept('between')) {
    const from = parseBound(tokens);
    return { unit, from, ...span(tokens, start) };
  }
  const from = parseBound(tokens);
  tokens.expect('and');
  const to = parseBound(tokens);
  return { unit, from, to, ...span(tokens, start) };
}

function parseBound(tokens: Tokens): FrameBound {
  if (tokens.acceptAll('current', 'row')) return { kind: 'currentRow' };
  if (tokens.accept('unbounded')) {
    return {
      kind: tokens.expectOne('preceding', 'following') === 'preceding' ? 'unboundedPreceding' : 'unboundedFollowing',
    };
  }
  const offset = parseExpression(tokens, BIT_OR);
  return { kind: tokens.expectOne('preceding', 'following'), offset };
}
