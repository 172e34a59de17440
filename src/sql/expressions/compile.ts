/**
 * Expressions become closures once a plan. A closure reads one row of a batch and the context, and is pure but for
 * warnings and for the functions that the session answers.
 *
 * Invariant: closures hold no state that outlives a call except reused argument arrays and memos of constants, so one
 * compiled expression serves any number of executions, one after another.
 */
import type { Value } from '../../tuple/value.ts';
import { type Convert, type ConvertScene, conversion } from '../types/convert.ts';
import { numberPrefix } from '../types/number-text.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { Batch, Column } from './batch.ts';
import { compileArithmetic, compileBit, compileBitNot, compileNegate } from './compile-arithmetic.ts';
import { compileComparison, compileInList, compileLike } from './compile-comparison.ts';
import { compileInterval } from './compile-interval.ts';
import { type EvaluationContext, sceneOf } from './evaluation-context.ts';
import type { CallExpression, CaseExpression, ConvertExpression, Expression } from './expression.ts';

export { compileColumn, compileFilter, type EvaluateFilter } from './compile-batch.ts';

export type Evaluate = (batch: Batch, row: number, context: EvaluationContext) => Value;
/** Computes a whole column. */
export type EvaluateColumn = (batch: Batch, context: EvaluationContext) => Column;

export function compile(expression: Expression): Evaluate {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'column': {
      const { index } = expression;
      return (batch, row) => batch.columns[index]![row]!;
    }
    case 'slot': {
      const { slot } = expression;
      return (_batch, _row, context) => context.slots[slot] ?? null;
    }
    case 'parameter': {
      const { ordinal } = expression;
      return (_batch, _row, context) => context.parameters[ordinal] ?? null;
    }
    case 'userVariable': {
      const { name, type } = expression;
      return (_batch, _row, context) => {
        const found = context.session.userVariable(name);
        if (found === undefined || found.value === null) return null;
        return conversion(found.type, type, 'implicit')(found.value, sceneOf(context));
      };
    }
    case 'assignment': {
      const { name, type } = expression;
      const operand = compile(expression.operand);
      return (batch, row, context) => {
        const value = operand(batch, row, context);
        context.session.setUserVariable(name, { type, value });
        return value;
      };
    }
    case 'systemVariable': {
      const { name, scope, type } = expression;
      return (_batch, _row, context) => {
        const found = context.session.systemVariable(name, scope);
        return found.value === null ? null : conversion(found.type, type, 'implicit')(found.value, sceneOf(context));
      };
    }
    case 'call':
      return compileCall(expression);
    case 'convert':
      return compileConvert(expression);
    case 'collate':
      return compile(expression.operand);
    case 'and':
      return compileAnd(expression.operands.map(compile));
    case 'or':
      return compileOr(expression.operands.map(compile));
    case 'xor': {
      const left = compile(expression.left);
      const right = compile(expression.right);
      return (batch, row, context) => {
        const a = left(batch, row, context);
        if (a === null) return null;
        const b = right(batch, row, context);
        return b === null ? null : (a === 0) === (b === 0) ? 0 : 1;
      };
    }
    case 'not': {
      const operand = compile(expression.operand);
      return (batch, row, context) => {
        const value = operand(batch, row, context);
        return value === null ? null : value === 0 ? 1 : 0;
      };
    }
    case 'truth':
      return compileTruth(compile(expression.operand), expression.operand.type);
    case 'comparison':
      return compileComparison(expression);
    case 'isNull': {
      const operand = compile(expression.operand);
      const whenNull = expression.negated ? 0 : 1;
      return (batch, row, context) => (operand(batch, row, context) === null ? whenNull : 1 - whenNull);
    }
    case 'isTruth': {
      const operand = compile(expression.operand);
      const wanted = expression.truth === null ? null : expression.truth ? 1 : 0;
      const found = expression.negated ? 0 : 1;
      return (batch, row, context) => {
        const value = operand(batch, row, context);
        return (value === null ? wanted === null : wanted !== null && (value === 0) === (wanted === 0))
          ? found
          : 1 - found;
      };
    }
    case 'inList':
      return compileInList(expression);
    case 'like':
      return compileLike(expression);
    case 'case':
      return compileCase(expression);
    case 'arithmetic':
      return compileArithmetic(expression);
    case 'negate':
      return compileNegate(expression);
    case 'bit':
      return compileBit(expression);
    case 'bitNot':
      return compileBitNot(expression);
    case 'interval':
      return compileInterval(expression);
  }
}

function compileConvert(expression: ConvertExpression): Evaluate {
  const operand = compile(expression.operand);
  const { label } = expression;
  const plain = conversion(expression.operand.type, expression.type, expression.mode);
  const convert: Convert = label === undefined ? plain : (value, scene) => plain(value, labelled(scene, label));
  if (expression.operand.kind === 'literal') return oncePerExecution(expression.operand.value, convert);
  return (batch, row, context) => {
    const value = operand(batch, row, context);
    return value === null ? null : convert(value, sceneOf(context));
  };
}

/** What a conversion takes its warnings to, with the name of what is converted. */
function labelled(scene: ConvertScene, column: string): ConvertScene {
  return Object.create(scene, { column: { value: column } }) as ConvertScene;
}

/** A constant that was not folded because its conversion warns: it warns once, not once a row. */
function oncePerExecution(constant: Value, convert: Convert): Evaluate {
  let known: EvaluationContext | undefined;
  let value: Value = null;
  return (_batch, _row, context) => {
    if (context !== known) {
      value = constant === null ? null : convert(constant, sceneOf(context));
      known = context;
    }
    return value;
  };
}

/** Whether a value that is not NULL counts as true, for each type. */
export function truthOf(type: SqlType): (value: Value, context: EvaluationContext) => 0 | 1 {
  switch (type.kind) {
    case 'char':
    case 'varchar':
    case 'text':
      return (value, context) => {
        const prefix = numberPrefix(value as string);
        if (!prefix.whole) {
          const message = `Truncated incorrect DOUBLE value: '${(value as string).slice(0, 128)}'`;
          sceneOf(context).warn?.({ level: 'Warning', code: 1292, message });
        }
        return Number(prefix.text) === 0 ? 0 : 1;
      };
    case 'binary':
    case 'varbinary':
    case 'blob':
    case 'geometry':
    case 'json':
    case 'datetime':
    case 'timestamp': {
      const convert = conversion(type, { kind: 'double' }, 'implicit');
      return (value, context) => ((convert(value, sceneOf(context)) ?? 0) === 0 ? 0 : 1);
    }
    default:
      return (value) => (value === 0 ? 0 : 1);
  }
}

function compileTruth(operand: Evaluate, type: SqlType): Evaluate {
  const isTrue = truthOf(type);
  return (batch, row, context) => {
    const value = operand(batch, row, context);
    return value === null ? null : isTrue(value, context);
  };
}

function compileAnd(operands: readonly Evaluate[]): Evaluate {
  return (batch, row, context) => {
    let result: Value = 1;
    for (let at = 0; at < operands.length; at++) {
      const value = operands[at]!(batch, row, context);
      if (value === 0) return 0;
      if (value === null) result = null;
    }
    return result;
  };
}

function compileOr(operands: readonly Evaluate[]): Evaluate {
  return (batch, row, context) => {
    let result: Value = 0;
    for (let at = 0; at < operands.length; at++) {
      const value = operands[at]!(batch, row, context);
      if (value === null) result = null;
      else if (value !== 0) return 1;
    }
    return result;
  };
}

function compileCase(expression: CaseExpression): Evaluate {
  const conditions = expression.branches.map(({ when }) => compile(when));
  const results = expression.branches.map(({ result }) => compile(result));
  const otherwise = expression.otherwise === undefined ? undefined : compile(expression.otherwise);
  return (batch, row, context) => {
    for (let at = 0; at < conditions.length; at++) {
      const found = conditions[at]!(batch, row, context);
      if (found !== null && found !== 0) return results[at]!(batch, row, context);
    }
    return otherwise === undefined ? null : otherwise(batch, row, context);
  };
}

function compileCall({ call }: CallExpression): Evaluate {
  const args = call.args.map(compile);
  const { apply, handlesNull } = call;
  const values = new Array<Value>(args.length).fill(null);
  return (batch, row, context) => {
    for (let at = 0; at < args.length; at++) {
      const value = args[at]!(batch, row, context);
      if (value === null && !handlesNull) return null;
      values[at] = value;
    }
    return apply(values, context);
  };
}
