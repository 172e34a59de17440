/**
 * Bound expressions over the columns of one table, for statements that are run again and for what a table's definition says.
 * An expression is kept when binding it asked the session for nothing but sql_mode; it is used again as long as the columns
 * are the very same (a schema that was changed has others) and all of them may be read.
 */
import type { SourceColumn } from '../catalog/catalog.ts';
import { compileColumn, type EvaluateColumn } from '../expressions/compile.ts';
import type { Expression } from '../expressions/expression.ts';
import type { SessionView, TypedValue } from '../expressions/session-view.ts';
import type { Expression as Syntax } from '../syntax/ast/expression.ts';
import { type SqlType, sameType } from '../types/sql-type.ts';
import type { RowScene } from './scene.ts';
import { watched } from './session-watch.ts';
import type { TargetTable } from './target-table.ts';

/** What a statement assigns to a column. */
export interface KeptAssignment {
  readonly type: SqlType;
  readonly make: EvaluateColumn;
}

interface KeptExpression extends KeptAssignment {
  readonly columns: readonly SourceColumn[];
  readonly parameters: readonly TypedValue[];
  readonly sqlMode: string;
}

const ofStatements = new WeakMap<Syntax, KeptExpression>();

/** What a statement assigns, bound before over the columns of `target`; undefined where it has to be bound anew. */
export function keptAssignment(syntax: Syntax, target: TargetTable, scene: RowScene): KeptAssignment | undefined {
  const kept = ofStatements.get(syntax);
  if (kept === undefined || kept.columns !== target.columns || !readsAll(target, scene)) return undefined;
  if (kept.sqlMode !== modeOf(scene)) return undefined;
  const { parameters } = scene;
  if (parameters.length !== kept.parameters.length) return undefined;
  return parameters.every(({ type }, at) => sameType(type, kept.parameters[at]!.type)) ? kept : undefined;
}

/** `bind` gives the bound expression of `syntax`, asking no other session than the one it is given. */
export function keepAssignment(
  syntax: Syntax,
  target: TargetTable,
  scene: RowScene,
  bind: (session: SessionView) => Expression,
): KeptAssignment {
  const session = watched(scene.functions);
  const bound = bind(session.view);
  const assignment = { type: bound.type, make: compileColumn(bound) };
  if (!session.wasAsked() && readsAll(target, scene)) {
    const { columns } = target;
    ofStatements.set(syntax, { columns, parameters: scene.parameters, sqlMode: modeOf(scene), ...assignment });
  }
  return assignment;
}

function readsAll({ handle, name }: TargetTable, { access }: RowScene): boolean {
  return access?.readable(handle.name, name, false) === undefined;
}

const modeTexts = new WeakMap<ReadonlySet<string>, { readonly digits: number; readonly text: string }>();

/** What binding looks at besides tables: sql_mode and the digits of divisions. */
function modeOf({ functions }: RowScene): string {
  const mode = functions.sqlMode();
  const digits = functions.divisionDigits();
  let known = modeTexts.get(mode);
  if (known?.digits !== digits) {
    known = { digits, text: `${[...mode].join()} ${digits}` };
    modeTexts.set(mode, known);
  }
  return known.text;
}

/** An expression of a table's definition. */
export interface StoredExpression {
  readonly syntax: Syntax;
  readonly bound: Expression;
}

const ofDefinitions = new WeakMap<readonly SourceColumn[], Map<string, StoredExpression>>();

/** The expression `text` of the definition with these columns; `bind` makes it where it is not known. */
export function storedExpressionOf(
  columns: readonly SourceColumn[],
  text: string,
  scene: RowScene,
  bind: (session: SessionView) => StoredExpression,
): StoredExpression {
  let known = ofDefinitions.get(columns);
  if (known === undefined) {
    known = new Map();
    ofDefinitions.set(columns, known);
  }
  const key = `${modeOf(scene)}\0${text}`;
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const session = watched(scene.functions);
  const made = bind(session.view);
  if (!session.wasAsked()) known.set(key, made);
  return made;
}
