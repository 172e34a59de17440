/** SET of user and system variables, SET NAMES, SET TRANSACTION; DO. */

import type { Steps } from '../../repo/steps.ts';
import { collationById, collationByName, collationOfCharacterSet } from '../../tuple/collation.ts';
import type { TypedValue } from '../expressions/session-view.ts';
import type { Session } from '../session/session.ts';
import { ok } from '../session/statement-result.ts';
import { textValue } from '../session/text-value.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import type { DoStatement } from '../syntax/ast/row-statements.ts';
import type { SetItem, SetStatement, SetTransactionStatement } from '../syntax/ast/session-statements.ts';
import { formatValue } from '../types/format.ts';
import {
  notSupported,
  schedulerDisabled,
  unknownCharacterSet,
  unknownCollation,
  wrongVariableValue,
} from '../types/sql-error.ts';
import { evaluateConstant } from './constant.ts';
import type { RunStatement, StatementScene } from './scene.ts';

export const runSet: RunStatement<SetStatement> = function* ({ items }, scene) {
  for (const item of items) yield* setItem(item, scene);
  return ok();
};

export const runDo: RunStatement<DoStatement> = function* ({ expressions }, scene) {
  for (const expression of expressions) yield* evaluateConstant(expression, scene);
  return ok();
};

function* setItem(item: SetItem, scene: StatementScene): Steps<void> {
  const { session, functions } = scene;
  switch (item.kind) {
    case 'user':
      functions.setUserVariable(item.name, yield* evaluateConstant(item.value, scene));
      return;
    case 'system':
      yield* setSystem(item, scene);
      return;
    case 'names': {
      const charset = item.charset ?? 'utf8mb4';
      const collation =
        item.collation === undefined ? collationOfCharacterSet(charset) : collationByName(item.collation);
      if (collation === undefined) {
        throw item.collation === undefined ? unknownCharacterSet(charset) : unknownCollation(item.collation);
      }
      assertForClients(charset);
      for (const name of ['character_set_client', 'character_set_results', 'character_set_connection']) {
        session.variables.set(name, undefined, textValue(charset));
      }
      session.variables.set('collation_connection', undefined, textValue(collation.name));
      return;
    }
    case 'charset': {
      const charset = item.charset ?? 'utf8mb4';
      if (collationOfCharacterSet(charset) === undefined) throw unknownCharacterSet(charset);
      assertForClients(charset);
      for (const name of ['character_set_client', 'character_set_results']) {
        session.variables.set(name, undefined, textValue(charset));
      }
      return;
    }
    default:
      throw notSupported('SET of a column outside of a trigger');
  }
}

/** Those in which ASCII has more than one byte: as in MySQL, no statement comes in them, though results may go out in them. */
const NOT_FOR_CLIENTS: ReadonlySet<string> = new Set(['ucs2', 'utf16', 'utf16le', 'utf32']);

/** Throws 1231. */
function assertForClients(charset: string): void {
  if (NOT_FOR_CLIENTS.has(charset.toLowerCase())) throw wrongVariableValue('character_set_client', charset);
}

function* setSystem(item: Extract<SetItem, { kind: 'system' }>, scene: StatementScene): Steps<void> {
  const { session } = scene;
  const { name, scope } = item;
  const value = isDefault(item.value) ? undefined : yield* givenValue(item.value, scene);
  if (name === 'autocommit' && scope !== 'global') {
    // Turning autocommit on commits what is open.
    session.variables.set(name, scope, value);
    if (session.autocommit) yield* session.commit();
    return;
  }
  if (name === 'event_scheduler') assertSchedulerMayBeSet(session, value);
  if (name === 'character_set_client' && value !== undefined) assertForClients(textOf(value));
  const pair = characterSetPair(name, value);
  const number = session.variables.set(name, scope, pair?.value ?? value, (warning) => session.warn(warning));
  if (pair !== undefined) session.variables.set(pair.other, scope, pair.otherValue);
  if (scope === 'persist' || scope === 'persist_only') {
    session.engine.persist?.(name, value === undefined ? undefined : (number ?? textOf(value)));
  }
}

/**
 * The variables of character sets and collations that imply each other, with the values that one of them gives to both. Throws
 * 1115 and 1273 for what is unknown, of those that imply no other as well.
 */
function characterSetPair(name: string, value: TypedValue | undefined) {
  const [, kind = '', place = ''] = /^(character_set|collation)_(\w+)$/.exec(name) ?? [];
  if (kind === '' || place === 'filesystem' || value?.value === null) return undefined;
  const text = value && textOf(value);
  const other = kind === 'collation' ? `character_set_${place}` : `collation_${place}`;
  const isPair = place === 'connection' || place === 'server' || place === 'database';
  if (text === undefined) return isPair ? { value, other, otherValue: undefined } : undefined;
  const byNumber = /^\d+$/.test(text) ? collationById(Number(text)) : undefined;
  if (kind === 'collation') {
    const collation = byNumber ?? collationByName(text);
    if (collation === undefined) throw unknownCollation(text);
    return { value: textValue(collation.name), other, otherValue: textValue(collation.characterSet) };
  }
  const collation = byNumber ?? collationOfCharacterSet(text);
  if (collation === undefined) throw unknownCharacterSet(text);
  return isPair
    ? { value: textValue(collation.characterSet), other, otherValue: textValue(collation.name) }
    : undefined;
}

/** DISABLED is a matter of the server's start: nobody sets it later, nor anything else then. */
function assertSchedulerMayBeSet({ engine }: Session, value: TypedValue | undefined): void {
  if (engine.globals.text('event_scheduler') === 'DISABLED') throw schedulerDisabled();
  const text = value === undefined ? '' : textOf(value);
  if (/^(2|disabled)$/i.test(text)) throw wrongVariableValue('event_scheduler', text);
}

function textOf({ value, type }: TypedValue): string {
  return value === null ? '' : formatValue(value, type);
}

function isDefault(expression: Expression): boolean {
  return expression.kind === 'default' && expression.column === undefined;
}

/** A bare word is itself: `SET sql_mode = ANSI`, `= ON`. */
function* givenValue(expression: Expression, scene: StatementScene): Steps<TypedValue> {
  if (expression.kind === 'column' && expression.table === undefined) return textValue(expression.name);
  return yield* evaluateConstant(expression, scene);
}

// biome-ignore lint/correctness/useYield: it never waits
export const runSetTransaction: RunStatement<SetTransactionStatement> = function* (statement, { session }) {
  const { scope, isolation, readOnly } = statement;
  if (isolation !== undefined) {
    session.variables.set('transaction_isolation', scope, textValue(isolation.toUpperCase().replace(' ', '-')));
  }
  if (readOnly !== undefined) session.variables.set('transaction_read_only', scope, textValue(readOnly ? '1' : '0'));
  return ok();
};
