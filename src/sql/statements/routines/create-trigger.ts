/** CREATE TRIGGER, DROP TRIGGER. */
import { Privilege } from '../../accounts/privilege.ts';
import { type StoredTrigger, storedTriggers } from '../../catalog/stored-programs.ts';
import { sourceColumns } from '../../catalog/table-columns.ts';
import { findView } from '../../catalog/views.ts';
import { ok } from '../../session/statement-result.ts';
import type { TableName } from '../../syntax/ast/node.ts';
import type { CreateTriggerStatement } from '../../syntax/ast/routine-statements.ts';
import { identifierTooLong, SqlError } from '../../types/sql-error.ts';
import { definedText } from '../definers.ts';
import { putFragment, withoutFragment } from '../fragments.ts';
import type { RunStatement, StatementScene } from '../scene.ts';
import { missingTable } from '../target-table.ts';
import { resolveTrigger } from './resolve.ts';
import * as errors from './routine-errors.ts';

export const runCreateTrigger: RunStatement<CreateTriggerStatement> = function* (statement, scene) {
  const { session } = scene;
  const { trigger, table, time, event, order, body, ifNotExists } = statement;
  const handle = session.handle(trigger.database ?? table.database);
  if (trigger.database !== undefined && session.handle(table.database).database !== handle.database) {
    throw errors.triggerElsewhere();
  }
  if (session.temporaryTables.has(handle.database.name, table.name)) throw errors.triggerOnTemporary(table.name);
  session.assertWritable(handle);
  if (trigger.name.length > 64) throw identifierTooLong(trigger.name);
  const root = session.root(handle);
  const stored = root.resolveTableName(table.name);
  if (stored === undefined) {
    if (findView(root, table.name) !== undefined) throw errors.triggerOnView(`${handle.database.name}.${table.name}`);
    throw missingTable(table, scene);
  }
  const others = storedTriggers(root);
  if (findTrigger(others, trigger.name) !== undefined) {
    if (!ifNotExists) throw errors.triggerExists();
    session.warn({ level: 'Note', code: 1359, message: errors.triggerExists().message });
    return ok();
  }
  const alike = others.filter(({ statement: other }) => {
    return other.time === time && other.event === event && other.table.name.toLowerCase() === stored.toLowerCase();
  });
  if (order !== undefined && findTrigger(alike, order.trigger) === undefined) {
    throw errors.noReferencedTrigger(order.trigger);
  }
  resolveTrigger(body, scene.script, { columns: sourceColumns(root.table(stored)!.schema), event, time });
  const text = definedText(statement, scene);
  const now = Math.floor(session.engine.clock.now() / 1000);
  const created = order === undefined ? timeAfter(alike, trigger.name, now) : now;
  putFragment(handle, root, { type: 'trigger', name: trigger.name, text, created }, scene);
  return ok();
};

/**
 * What is stored are whole seconds, and triggers of one second run in the order of their names. So that those that are made
 * one after the other run so, a time may have to be a second later than it is.
 */
function timeAfter(others: readonly StoredTrigger[], name: string, now: number): number {
  const made = others.map((other) => ({ at: Number(other.created) / 1_000_000, other: other.name.toLowerCase() }));
  made.sort((a, b) => a.at - b.at || (a.other < b.other ? -1 : 1));
  const last = made.at(-1);
  if (last === undefined || last.at < now) return now;
  return last.other < name.toLowerCase() ? last.at : last.at + 1;
}

function findTrigger(triggers: readonly StoredTrigger[], name: string): StoredTrigger | undefined {
  return triggers.find((each) => each.name.toLowerCase() === name.toLowerCase());
}

export function dropTrigger({ database, name }: TableName, ifExists: boolean, { session }: StatementScene): void {
  const handle = session.handle(database);
  session.assertWritable(handle);
  const root = session.root(handle);
  const triggers = storedTriggers(root);
  const trigger = findTrigger(triggers, name);
  if (trigger === undefined) {
    if (!ifExists) throw errors.noSuchTrigger();
    session.warn({ level: 'Note', code: 1360, message: errors.noSuchTrigger().message });
    return;
  }
  const table = { database: handle.database.name, name: trigger.statement.table.name };
  session.access?.assertTable(Privilege.trigger, table);
  const follower = triggers.find(({ statement }) => statement.order?.trigger.toLowerCase() === name.toLowerCase());
  if (follower !== undefined) {
    const message = `trigger "${trigger.name}" cannot be dropped as it is referenced by trigger "${follower.name}"`;
    throw new SqlError(1105, 'HY000', message, 'conflict');
  }
  session.setRoot(handle, withoutFragment(root, 'trigger', trigger.name));
}
