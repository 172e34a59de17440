/** Values of a program's expressions. What can be kept of an expression is bound and compiled once. */
import { type Steps, waitFor } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import { bindRowExpression } from '../../bind/bind-query.ts';
import { ModuleNeeded } from '../../catalog/module-needed.ts';
import { ONE_ROW } from '../../expressions/batch.ts';
import { compile, type Evaluate, truthOf } from '../../expressions/compile.ts';
import type { TypedValue } from '../../expressions/session-view.ts';
import { conversion } from '../../types/convert.ts';
import { subqueryRows } from '../../types/sql-error.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { isStrict } from '../implicit-default.ts';
import { allRows, runQuery } from '../query.ts';
import { bindContext, evaluationContext, type StatementScene } from '../scene.ts';
import { watched } from '../session-watch.ts';
import type { Frame } from './frame.ts';
import type { Cell, Formula, Target } from './program.ts';

interface CompiledFormula {
  readonly type: SqlType;
  readonly evaluate: Evaluate;
  readonly sqlMode: string;
}

const kept = new WeakMap<Formula, CompiledFormula>();

function compiled(formula: Formula, scene: StatementScene): CompiledFormula {
  const sqlMode = scene.session.variables.text('sql_mode');
  const known = kept.get(formula);
  if (known !== undefined && known.sqlMode === sqlMode) return known;
  const session = watched(scene.functions);
  const bound = bindRowExpression(formula.syntax, [], { ...bindContext(scene), session: session.view });
  const made = { type: bound.type, evaluate: compile(bound), sqlMode };
  if (!session.wasAsked()) kept.set(formula, made);
  return made;
}

export function* evaluate(formula: Formula, frame: Frame): Steps<TypedValue> {
  const scene = { ...frame.scene, parameters: frame.typed(formula.cells) };
  for (;;) {
    try {
      if (formula.query !== undefined) {
        const { columns, rows } = runQuery(formula.query, scene);
        const found = yield* allRows(rows);
        if (found.length > 1) throw subqueryRows();
        return { type: columns[0]!.type, value: found[0]?.[0] ?? null };
      }
      const { type, evaluate: compute } = compiled(formula, scene);
      const value = compute(ONE_ROW, 0, evaluationContext(scene));
      if (scene.functions.pendingSleep > 0) yield* scene.sleep();
      return { type, value };
    } catch (error) {
      if (!(error instanceof ModuleNeeded)) throw error;
      yield* waitFor(error.load());
    }
  }
}

export function* isTrue(formula: Formula, frame: Frame): Steps<boolean> {
  const { type, value } = yield* evaluate(formula, frame);
  return value !== null && truthOf(type)(value, evaluationContext(frame.scene)) === 1;
}

/** Gives a variable a value, in the variable's type. Throws what storing it into a column would. */
export function assign(target: Target, typed: TypedValue, frame: Frame): void {
  const { functions } = frame.scene;
  if (target.kind === 'user') functions.setUserVariable(target.name, typed);
  else frame.set(target.cell, converted(typed, target.cell, frame.scene));
}

export function converted(
  { type, value }: TypedValue,
  cell: Pick<Cell, 'name' | 'type'>,
  scene: StatementScene,
): Value {
  if (value === null) return null;
  const { functions } = scene;
  const convert = conversion(type, cell.type, isStrict(scene) ? 'strict' : 'lenient');
  return convert(value, { column: cell.name, row: 1, sqlMode: functions.sqlMode(), warn: (w) => functions.warn(w) });
}
