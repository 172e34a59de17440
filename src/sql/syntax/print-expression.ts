/**
 * Expressions as Dolt stores them (FORMAT §3.10): the normalised text of defaults, generated columns and checks. Equal
 * addresses hang on it, so every blank is the original's, recorded from Dolt 2.3.1 (stored-expressions.json beside the
 * test), with what it loses: character set introducers, the ESCAPE of LIKE, the difference between `<>` and NOT `=`.
 */
import { DoltError } from '../../base/errors.ts';
import type { Binary, Call, CastType, ColumnReference, Expression, Interval, Row } from './ast/expression.ts';
import { storedCall } from './stored-calls.ts';

export interface PrintOptions {
  /**
   * Digits after the point of a DECIMAL column, undefined for any other: a decimal literal that is compared with such a
   * column is printed with as many.
   */
  readonly scaleOf?: (column: string) => number | undefined;
}

/** The text of an expression. What is stored of a check, a generated column or a default puts `(…)` around it. */
export function printExpression(expression: Expression, options: PrintOptions = {}): string {
  return new Printer(options).print(expression);
}

/** A string as a literal. */
export function quoteString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** A name in backticks. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

class Printer {
  readonly #options: PrintOptions;
  constructor(options: PrintOptions) {
    this.#options = options;
  }

  readonly print = (expression: Expression): string => {
    switch (expression.kind) {
      case 'null':
        return 'NULL';
      case 'boolean':
        return expression.value ? 'true' : 'false';
      case 'number':
        return printNumber(expression.text);
      case 'string':
        return quoteString(expression.value);
      case 'temporal':
        return quoteString(expression.text);
      case 'hex':
        return `0x${(expression.digits.length % 2 === 0 ? '' : '0') + expression.digits.toUpperCase()}`;
      case 'bit':
        return BigInt(`0b0${expression.digits}`).toString();
      case 'column':
        return quoteName(expression.name);
      case 'unary':
        return this.#unary(expression.operator, expression.operand);
      case 'binary':
        return this.#binary(expression);
      case 'and':
      case 'or':
        return this.#chain(expression.operands, expression.kind.toUpperCase());
      case 'is': {
        const test = expression.test === 'unknown' ? 'NULL' : expression.test.toUpperCase();
        return negate(`${this.print(expression.operand)} IS ${test}`, expression.negated);
      }
      case 'between': {
        const { operand, low, high, negated } = expression;
        return negate(`(${this.print(operand)} BETWEEN ${this.print(low)} AND ${this.print(high)})`, negated);
      }
      case 'in':
        return negate(`(${this.print(expression.operand)} IN (${this.#list(expression.list)}))`, expression.negated);
      case 'like':
        return negate(`${this.print(expression.operand)} LIKE ${this.print(expression.pattern)}`, expression.negated);
      case 'regexp': {
        const { operand, pattern, negated } = expression;
        return negate(`regexp_like(${this.print(operand)},${this.print(pattern)})`, negated);
      }
      case 'case': {
        const { operand, branches, otherwise } = expression;
        const when = branches.map((branch) => ` WHEN ${this.print(branch.when)} THEN ${this.print(branch.result)}`);
        const last = otherwise === undefined ? '' : ` ELSE ${this.print(otherwise)}`;
        return `CASE ${operand === undefined ? '' : this.print(operand)}${when.join('')}${last} END`;
      }
      case 'row':
        return this.#row(expression);
      case 'collate':
        return `${this.print(expression.operand)} COLLATE ${expression.collation}`;
      case 'cast':
        if (expression.syntax === 'binary') return `BINARY(${this.print(expression.operand)})`;
        return `convert(${this.print(expression.operand)}, ${castType(expression.type)})`;
      case 'convertUsing':
        return `CONVERT(${this.print(expression.operand)} USING ${expression.charset})`;
      case 'interval':
        return this.#interval(expression);
      case 'extract':
        return `extract(${expression.unit.toUpperCase()} from ${this.print(expression.operand)})`;
      case 'trim': {
        const remove = expression.remove === undefined ? "' '" : this.print(expression.remove);
        return `trim(${expression.where} ${remove} from ${this.print(expression.operand)})`;
      }
      case 'keyword':
        return expression.word.toUpperCase();
      case 'call':
        return this.#call(expression);
      case 'insertedValue':
        return `VALUES(${this.print(expression.column)})`;
      case 'default':
        return expression.column === undefined ? 'DEFAULT' : `DEFAULT(${this.print(expression.column)})`;
      case 'jsonValue':
        return `json_value(${this.print(expression.document)}, ${this.print(expression.path)})`;
      case 'userVariable':
        return `@${expression.name}`;
      case 'systemVariable':
        return `@@${expression.scope === undefined ? '' : `${expression.scope}.`}${expression.name}`;
      case 'assignment':
      case 'exists':
      case 'inQuery':
      case 'match':
      case 'parameter':
      case 'quantified':
      case 'subquery':
        throw new DoltError('invalid', 'subqueries, parameters and assignments cannot stand in a stored expression');
    }
  };

  #list(expressions: readonly Expression[]): string {
    return expressions.map(this.print).join(', ');
  }

  #row({ members }: Row): string {
    return `(${this.#list(members)})`;
  }

  #interval({ amount, unit }: Interval): string {
    return `INTERVAL ${this.print(amount)} ${unit.toUpperCase()}`;
  }

  /** Grouped from the left. */
  #chain(operands: readonly Expression[], operator: string): string {
    const [first, ...others] = operands.map(this.print);
    return others.reduce((left, right) => `(${left} ${operator} ${right})`, first!);
  }

  #unary(operator: '-' | '+' | '~' | 'not', operand: Expression): string {
    const text = this.print(operand);
    switch (operator) {
      case 'not':
        return `(NOT(${text}))`;
      case '+':
        return text;
      case '-':
        // Two signs cancel out on a literal.
        return isNumberText(text) && text.startsWith('-') ? text.slice(1) : `-${text}`;
      case '~':
        return `~${text}`;
    }
  }

  #binary({ operator, left, right }: Binary): string {
    switch (operator) {
      case '=':
      case '<':
      case '<=':
      case '>':
      case '>=':
      case '<=>':
        return this.#comparison(operator, left, right);
      case '<>':
        return `(NOT(${this.#comparison('=', left, right)}))`;
      case '->':
        return `json_extract(${this.print(left)}, ${this.print(right)})`;
      case '->>':
        return `json_unquote(json_extract(${this.print(left)}, ${this.print(right)}))`;
      case 'concat':
        return `concat(${this.print(left)},${this.print(right)})`;
      case 'xor':
        return `(${this.print(left)} XOR ${this.print(right)})`;
      case 'sounds like':
        return `(soundex(${this.print(left)}) = soundex(${this.print(right)}))`;
      case 'member of':
        return `${this.print(left)} MEMBER OF(${this.print(right)})`;
      default:
        return `(${this.print(left)} ${operator} ${this.print(right)})`;
    }
  }

  #comparison(operator: string, left: Expression, right: Expression): string {
    return `(${this.#compared(left, right)} ${operator} ${this.#compared(right, left)})`;
  }

  /** A literal takes on the type of the column that it is compared with. */
  #compared(expression: Expression, other: Expression): string {
    if (other.kind !== 'column') return this.print(expression);
    if (expression.kind === 'boolean') return expression.value ? '1' : '0';
    const text = this.print(expression);
    const scale = this.#scaleOf(other);
    const digits = scale === undefined ? undefined : /^-?\d+\.(\d+)$/.exec(text)?.[1];
    return digits !== undefined && digits.length < scale! ? text + '0'.repeat(scale! - digits.length) : text;
  }

  #scaleOf({ name }: ColumnReference): number | undefined {
    return this.#options.scaleOf?.(name);
  }

  #call(call: Call): string {
    const { name, args } = call;
    switch (name) {
      case 'mod':
        if (args.length === 2) return `(${this.print(args[0]!)} % ${this.print(args[1]!)})`;
        break;
      case 'log':
        if (args.length === 1) return `log(2.718281828459045,${this.print(args[0]!)})`;
        break;
      case 'trim':
        if (args.length === 1) return `trim(both ' ' from ${this.print(args[0]!)})`;
        break;
      case 'adddate':
      case 'date_add':
        return this.#dateShift('date_add', args);
      case 'subdate':
      case 'date_sub':
        return this.#dateShift('date_sub', args);
      case 'weight_string': {
        const [text, length] = args;
        if (text === undefined || length === undefined) break;
        return `weight_string(${this.print(text)} as char(${this.print(length)}))`;
      }
      case 'timestampadd': {
        const [unit, amount, date] = args;
        if (unit?.kind !== 'keyword' || amount === undefined || date === undefined) break;
        return `date_add(${this.print(date)},INTERVAL ${this.print(amount)} ${unit.word.toUpperCase()})`;
      }
    }
    return this.#plainCall(call);
  }

  #plainCall({ name, args, star, distinct }: Call): string {
    if (star) return `${name}(*)`;
    const stored = storedCall(name);
    const texts = args.map(this.print);
    if (stored.fill !== undefined && (texts.length > 0 || stored.fill[0] !== '')) {
      texts.push(...stored.fill.slice(texts.length));
    }
    return `${stored.name}(${distinct ? 'distinct ' : ''}${texts.slice(0, stored.most).join(stored.separator)})`;
  }

  /** A number of days is an interval too. */
  #dateShift(name: string, args: readonly Expression[]): string {
    const [date, amount] = args;
    if (date === undefined || amount === undefined) return `${name}(${args.map(this.print).join(',')})`;
    const shift = amount.kind === 'interval' ? this.#interval(amount) : `INTERVAL ${this.print(amount)} DAY`;
    return `${name}(${this.print(date)},${shift})`;
  }
}

const negate = (text: string, negated: boolean): string => (negated ? `(NOT(${text}))` : text);

function isNumberText(text: string): boolean {
  return /^-?[\d.]/.test(text) && !text.startsWith('-(');
}

function castType({ name, length, scale, array }: CastType): string {
  const size = length === undefined ? '' : `(${length}${scale === undefined ? '' : `,${scale}`})`;
  return `${name}${size}${array ? ' array' : ''}`;
}

/** Integers and decimals as written; what has an exponent as Go prints a float64. */
function printNumber(text: string): string {
  if (!/e/i.test(text)) return text.replace(/^\./, '0.').replace(/\.$/, '');
  const [mantissa, exponent] = Number(text).toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 6) return toPlainText(mantissa, power);
  const digits = Math.abs(power).toString().padStart(2, '0');
  return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`;
}

/** Decimal notation of `mantissa` × 10^`power`. */
function toPlainText(mantissa: string, power: number): string {
  const digits = mantissa.replace('.', '');
  if (power < 0) return `0.${'0'.repeat(-power - 1)}${digits}`;
  if (digits.length <= power + 1) return digits + '0'.repeat(power + 1 - digits.length);
  return `${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`;
}
