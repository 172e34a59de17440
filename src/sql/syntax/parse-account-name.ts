/** `user@host`. */
import type { Account } from './ast/node.ts';
import { span, type Tokens } from './tokens.ts';

export function parseAccount(tokens: Tokens): Account {
  const { start } = tokens;
  if (tokens.accept('current_user')) {
    if (tokens.accept('(')) tokens.expect(')');
    return span(tokens, start);
  }
  if (tokens.at('user') && tokens.nextIs('(')) {
    tokens.expectAll('user', '(', ')');
    return span(tokens, start);
  }
  const user = tokens.nameOrString();
  const host = parseHost(tokens);
  return { user, ...(host !== undefined && { host }), ...span(tokens, start) };
}

function parseHost(tokens: Tokens): string | undefined {
  if (tokens.kind !== 'variable') return undefined;
  const glued = tokens.source().slice(1);
  tokens.advance();
  return glued === '' ? tokens.nameOrString() : glued;
}
