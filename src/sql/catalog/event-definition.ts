/**
 * Events as they are stored: the original writes the text of CREATE EVENT anew, with times in UTC and literals alone, so all
 * of it is read from the syntax.
 */
import type { Integer, Value } from '../../tuple/value.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import type { CreateEventStatement } from '../syntax/ast/routine-statements.ts';
import { parseOptionsOf } from '../syntax/parse.ts';
import { quoteName, quoteString } from '../syntax/print-expression.ts';
import { formatDatetime } from '../types/civil.ts';
import type { StoredEvent } from './stored-programs.ts';

export type EventStatus = 'ENABLE' | 'DISABLE' | 'DISABLE ON SLAVE';

/** Times are microseconds since 1970 UTC. */
export interface EventDefinition {
  readonly name: string;
  /** As `user`@`host`; undefined where none is stored. */
  readonly definer: string | undefined;
  readonly at: Value;
  /** `1`, or `'1:30'` of a unit of two parts. */
  readonly every: { readonly value: string; readonly field: string } | undefined;
  readonly starts: Value;
  readonly ends: Value;
  readonly preserve: boolean;
  readonly status: EventStatus;
  readonly comment: string;
  readonly body: string;
}

export function eventDefinition({ name, statement, script }: StoredEvent): EventDefinition {
  const { schedule, definer, preserve, comment, body } = statement;
  const isOnce = schedule.kind === 'at';
  return {
    name,
    definer: definer && quotedAccount(definer.user ?? '', definer.host ?? '%'),
    at: isOnce ? timeOf(schedule.at) : null,
    every: isOnce ? undefined : everyOf(schedule.interval),
    starts: isOnce || schedule.starts === undefined ? null : timeOf(schedule.starts),
    ends: isOnce || schedule.ends === undefined ? null : timeOf(schedule.ends),
    preserve,
    status: statusOf(statement.status),
    comment: comment ?? '',
    body: script.slice(body.start, body.end),
  };
}

export const quotedAccount = (user: string, host: string): string => `${quoteName(user)}@${quoteName(host)}`;

export function statusOf(status: CreateEventStatement['status']): EventStatus {
  if (status === undefined || status === 'enable') return 'ENABLE';
  return status === 'disable' ? 'DISABLE' : 'DISABLE ON SLAVE';
}

function timeOf(expression: Expression): Value {
  const milliseconds = expression.kind === 'string' ? Date.parse(`${expression.value.replace(' ', 'T')}Z`) : Number.NaN;
  return Number.isNaN(milliseconds) ? null : milliseconds * 1000;
}

function everyOf(interval: Expression): EventDefinition['every'] {
  if (interval.kind !== 'interval') return undefined;
  const { amount, unit } = interval;
  const value = amount.kind === 'number' ? amount.text : amount.kind === 'string' ? `'${amount.value}'` : '';
  return { value, field: unit.toUpperCase() };
}

/** The text that is stored, to be read in the sql_mode. */
export function eventText(event: EventDefinition, sqlMode: string): string {
  const words = ['CREATE'];
  if (event.definer !== undefined) words.push(`DEFINER = ${event.definer}`);
  words.push(`EVENT ${quoteName(event.name)} ON SCHEDULE`);
  if (event.every === undefined) words.push(`AT '${timeText(event.at)}'`);
  else {
    words.push(`EVERY ${event.every.value} ${event.every.field} STARTS '${timeText(event.starts)}'`);
    if (event.ends !== null) words.push(`ENDS '${timeText(event.ends)}'`);
  }
  words.push(`ON COMPLETION ${event.preserve ? '' : 'NOT '}PRESERVE ${event.status}`);
  if (event.comment !== '') words.push(`COMMENT ${commentText(event.comment, sqlMode)}`);
  return `${words.join(' ')} DO ${event.body}`;
}

function commentText(comment: string, sqlMode: string): string {
  return parseOptionsOf(sqlMode).noBackslashEscapes ? `'${comment.replaceAll("'", "''")}'` : quoteString(comment);
}

function timeText(time: Value): string {
  return formatDatetime(time as Integer, 0);
}
