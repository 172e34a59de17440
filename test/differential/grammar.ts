/**
 * Random statements on two small tables, from a grammar that knows the kinds of values, so that most of them mean something:
 * expressions of numbers, texts, dates and truths; SELECT with joins, grouping, subqueries, windows, set operations; DML.
 * Where SQL leaves the order of rows open, answers are compared as bags (`compare.ts`); LIMIT stands only behind an
 * ORDER BY of every column.
 */
import type { Arbitrary } from 'fast-check';
import fc from '../fast-check.ts';

type Kind = 'number' | 'text' | 'date';

interface ColumnKind {
  readonly name: string;
  readonly kind: Kind;
}

/** What both tables look like: each type that the grammar has, NULL in most. */
const COLUMNS: readonly (ColumnKind & { readonly type: string; readonly value: Arbitrary<string> })[] = [
  {
    name: 'i',
    kind: 'number',
    type: 'int',
    value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer()).map(String),
  },
  { name: 'u', kind: 'number', type: 'tinyint unsigned', value: fc.integer({ min: 0, max: 255 }).map(String) },
  {
    name: 'd',
    kind: 'number',
    type: 'decimal(8,2)',
    value: fc.integer({ min: -99999, max: 99999 }).map((n) => String(n / 100)),
  },
  {
    name: 'f',
    kind: 'number',
    type: 'double',
    value: fc.integer({ min: -800, max: 800 }).map((n) => (n * 0.37).toFixed(2)),
  },
  {
    name: 's',
    kind: 'text',
    type: 'varchar(12)',
    value: fc.constantFrom("''", "'a'", "'A'", "'b%'", "'ab '", "'_x'", "'Äö'", "'12'", "'-3.5'"),
  },
  { name: 'c', kind: 'text', type: "enum('low','mid','high')", value: fc.constantFrom("'low'", "'mid'", "'high'") },
  {
    name: 't',
    kind: 'date',
    type: 'datetime',
    value: fc.constantFrom("'2020-02-29 12:30:00'", "'1999-12-31 23:59:59'", "'2024-01-02 00:00:00'"),
  },
  { name: 'y', kind: 'date', type: 'date', value: fc.constantFrom("'2020-02-29'", "'2001-01-01'", "'2024-12-31'") },
];

export interface Script {
  readonly schema: readonly string[];
  readonly statements: readonly string[];
}

const pick = <T>(...values: readonly T[]): Arbitrary<T> => fc.constantFrom(...values);
const join = (parts: readonly string[]): string => parts.join(', ');

/** `a`, `b` and so on stand for texts that `make` puts together. */
const compose = (make: (...texts: string[]) => string, ...parts: Arbitrary<string>[]): Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => make(...texts));

const INTERVALS = ['day', 'month', 'year', 'hour', 'week'];

/** Expressions over columns, to a depth. `query` gives subqueries of one column of a kind. */
class Expressions {
  readonly #columns: readonly ColumnKind[];
  readonly #query: ((kind: Kind) => Arbitrary<string>) | undefined;

  constructor(columns: readonly ColumnKind[], query?: (kind: Kind) => Arbitrary<string>) {
    this.#columns = columns;
    this.#query = query;
  }

  of(kind: Kind, depth: number): Arbitrary<string> {
    if (kind === 'number') return this.number(depth);
    return kind === 'text' ? this.text(depth) : this.date(depth);
  }

  number(depth: number): Arbitrary<string> {
    const leaf = this.#leaf('number', pick('0', '1', '2', '-3', '7', '0.5', '-1.25', '100'));
    if (depth === 0) return leaf;
    const a = this.number(depth - 1);
    const s = this.text(depth - 1);
    const t = this.date(depth - 1);
    return fc.oneof(
      { weight: 4, arbitrary: leaf },
      { weight: 4, arbitrary: compose((x, op, y) => `(${x} ${op} ${y})`, a, pick('+', '-', '*', '/', 'div', '%'), a) },
      { weight: 1, arbitrary: compose((f, x) => `${f}(${x})`, pick('abs', 'sign', 'floor', 'ceil', 'round', '-'), a) },
      { weight: 1, arbitrary: compose((f, x, n) => `${f}(${x}, ${n})`, pick('round', 'truncate'), a, pick('0', '-1')) },
      // Of integers with and without a sign MariaDB makes decimals, which have the digit here, and MySQL integers.
      { weight: 1, arbitrary: compose((f, x) => `${f}((${x} - 0.25), 1)`, pick('round', 'truncate'), a) },
      {
        weight: 1,
        arbitrary: compose(
          (f, x, y) => `${f}(${x}, ${y})`,
          pick('ifnull', 'nullif', 'coalesce', 'greatest', 'least', 'mod'),
          a,
          a,
        ),
      },
      { weight: 1, arbitrary: compose((p, x, y) => `if(${p}, ${x}, ${y})`, this.truth(depth - 1), a, a) },
      {
        weight: 1,
        arbitrary: compose((p, x, y) => `case when ${p} then ${x} else ${y} end`, this.truth(depth - 1), a, a),
      },
      { weight: 1, arbitrary: compose((x, y, z) => `case ${x} when ${y} then 1 when ${z} then 2 end`, a, a, a) },
      {
        weight: 1,
        arbitrary: compose((f, x) => `${f}(${x})`, pick('length', 'char_length', 'ascii', 'bit_length'), s),
      },
      { weight: 1, arbitrary: compose((f, x, y) => `${f}(${x}, ${y})`, pick('instr', 'strcmp', 'locate'), s, s) },
      {
        weight: 1,
        arbitrary: compose(
          (f, x) => `${f}(${x})`,
          pick('year', 'month', 'dayofweek', 'dayofyear', 'quarter', 'weekday', 'to_days'),
          t,
        ),
      },
      { weight: 1, arbitrary: compose((x, y) => `datediff(${x}, ${y})`, t, t) },
      {
        weight: 1,
        arbitrary: compose((x, type) => `cast(${x} as ${type})`, a, pick('signed', 'decimal(12,1)')),
      },
      { weight: 1, arbitrary: this.truth(depth - 1).map((p) => `(${p})`) },
      ...this.#subqueries('number'),
    );
  }

  text(depth: number): Arbitrary<string> {
    const leaf = this.#leaf('text', pick("''", "'a'", "'Ab'", "'b%'", "'12'", "' x '"));
    if (depth === 0) return leaf;
    const s = this.text(depth - 1);
    const n = pick('0', '1', '2', '-1', '3');
    return fc.oneof(
      { weight: 4, arbitrary: leaf },
      { weight: 2, arbitrary: compose((x, y) => `concat(${x}, ${y})`, s, s) },
      {
        weight: 1,
        arbitrary: compose((f, x) => `${f}(${x})`, pick('upper', 'lower', 'trim', 'ltrim', 'reverse', 'hex'), s),
      },
      {
        weight: 1,
        arbitrary: compose((f, x, y) => `${f}(${x}, ${y})`, pick('left', 'right', 'substring', 'repeat'), s, n),
      },
      { weight: 1, arbitrary: compose((x, y, z) => `replace(${x}, ${y}, ifnull(${z}, 'z'))`, s, s, s) },
      { weight: 1, arbitrary: compose((f, x, y) => `${f}(${x}, 5, concat(${y}, '*'))`, pick('lpad', 'rpad'), s, s) },
      { weight: 1, arbitrary: compose((x, y) => `concat_ws('-', ${x}, ${y})`, s, s) },
      { weight: 1, arbitrary: compose((x, d, k) => `substring_index(${x}, ${d}, ${k})`, s, s, n) },
      {
        weight: 1,
        arbitrary: compose(
          (f, x, y) => `${f}(${x}, ${y})`,
          pick('ifnull', 'nullif', 'coalesce', 'greatest', 'least'),
          s,
          s,
        ),
      },
      { weight: 1, arbitrary: compose((p, x, y) => `if(${p}, ${x}, ${y})`, this.truth(depth - 1), s, s) },
      {
        weight: 1,
        arbitrary: compose(
          (x, f) => `date_format(${x}, ${f})`,
          this.date(depth - 1),
          pick("'%Y-%m'", "'%W %e'", "'%H:%i'", "'%j %U'"),
        ),
      },
      ...this.#subqueries('text'),
    );
  }

  date(depth: number): Arbitrary<string> {
    const leaf = this.#leaf('date', pick("date '2020-02-29'", "timestamp '2021-05-06 07:08:09'"));
    if (depth === 0) return leaf;
    const t = this.date(depth - 1);
    return fc.oneof(
      { weight: 4, arbitrary: leaf },
      {
        weight: 1,
        arbitrary: compose(
          (x, op, n, unit) => `(${x} ${op} interval ${n} ${unit})`,
          t,
          pick('+', '-'),
          pick('1', '13', '-2'),
          pick(...INTERVALS),
        ),
      },
      { weight: 1, arbitrary: compose((f, x) => `${f}(${x})`, pick('last_day', 'date'), t) },
      { weight: 1, arbitrary: compose((x, y) => `coalesce(${x}, ${y})`, t, t) },
    );
  }

  truth(depth: number): Arbitrary<string> {
    const a = this.number(Math.max(0, depth - 1));
    const s = this.text(Math.max(0, depth - 1));
    const t = this.date(Math.max(0, depth - 1));
    const compared = pick('=', '<>', '<', '<=', '>', '>=', '<=>');
    const leaf = fc.oneof(
      compose((x, op, y) => `${x} ${op} ${y}`, a, compared, a),
      compose((x, op, y) => `${x} ${op} ${y}`, s, compared, s),
      compose((x, op, y) => `${x} ${op} ${y}`, t, compared, t),
      compose((x, not) => `${x} is ${not}null`, fc.oneof(a, s, t), pick('', 'not ')),
    );
    if (depth === 0) return leaf;
    const p = this.truth(depth - 1);
    const not = pick('', 'not ');
    return fc.oneof(
      { weight: 4, arbitrary: leaf },
      { weight: 2, arbitrary: compose((x, op, y) => `(${x} ${op} ${y})`, p, pick('and', 'or', 'xor'), p) },
      { weight: 1, arbitrary: p.map((x) => `not (${x})`) },
      {
        weight: 1,
        arbitrary: compose((x, is) => `(${x}) is ${is}`, p, pick('true', 'false', 'not true', 'not false', 'unknown')),
      },
      { weight: 1, arbitrary: compose((x, n, y, z) => `${x} ${n}between ${y} and ${z}`, this.number(0), not, a, a) },
      { weight: 1, arbitrary: compose((x, n, y, z) => `${x} ${n}in (${y}, ${z})`, a, not, a, a) },
      { weight: 1, arbitrary: compose((x, n, y, z) => `${x} ${n}in (${y}, ${z})`, s, not, s, s) },
      {
        weight: 1,
        arbitrary: compose(
          (x, n, y) => `${x} ${n}like ${y}`,
          s,
          not,
          pick("'a%'", "'_b%'", "'%'", "''", "'%|%%' escape '|'"),
        ),
      },
      ...this.#predicates(),
    );
  }

  #leaf(kind: Kind, literal: Arbitrary<string>): Arbitrary<string> {
    const names = this.#columns.filter((column) => column.kind === kind).map(({ name }) => name);
    return names.length === 0
      ? literal
      : fc.oneof({ weight: 3, arbitrary: pick(...names) }, { weight: 1, arbitrary: literal });
  }

  #subqueries(kind: Kind): { weight: number; arbitrary: Arbitrary<string> }[] {
    const query = this.#query;
    if (query === undefined) return [];
    const whole = kind === 'number' ? pick('min', 'max', 'count', 'sum') : pick('min', 'max');
    return [
      {
        weight: 1,
        arbitrary: compose(
          (f, q) => `(${q.replace(/select (.*) as v from/, `select ${f}($1) from`)})`,
          whole,
          query(kind),
        ),
      },
    ];
  }

  #predicates(): { weight: number; arbitrary: Arbitrary<string> }[] {
    const query = this.#query;
    if (query === undefined) return [];
    const inQuery = (kind: Kind): Arbitrary<string> =>
      compose((x, n, q) => `${x} ${n}in (${q})`, this.of(kind, 0), pick('', 'not '), query(kind));
    return [
      { weight: 1, arbitrary: inQuery('number') },
      { weight: 1, arbitrary: inQuery('text') },
      { weight: 1, arbitrary: compose((n, q) => `${n}exists (${q})`, pick('', 'not '), query('number')) },
      {
        weight: 1,
        arbitrary: compose(
          (x, op, all, q) => `${x} ${op} ${all} (${q})`,
          this.number(0),
          pick('=', '<', '>='),
          pick('any', 'all'),
          query('number'),
        ),
      },
    ];
  }
}

const of = (table: string): ColumnKind[] => COLUMNS.map(({ name, kind }) => ({ name: `${table}.${name}`, kind }));

/** A subquery of one column `v`, which may look at `outer`. */
const inner =
  (outer: readonly ColumnKind[]) =>
  (kind: Kind): Arbitrary<string> => {
    const seen = new Expressions([...of('x'), ...outer]);
    return compose(
      (table, value, where) => `select ${value} as v from ${table} x where ${where}`,
      pick('a', 'b'),
      new Expressions(of('x')).of(kind, 1),
      seen.truth(1),
    );
  };

interface Source {
  readonly text: string;
  readonly columns: readonly ColumnKind[];
}

const sources: Arbitrary<Source> = fc.oneof(
  pick('a', 'b').map((table) => ({ text: `${table} l`, columns: of('l') })),
  fc
    .record({
      kind: pick('join', 'left join', 'right join'),
      on: new Expressions([...of('l'), ...of('r')]).truth(1),
      right: pick('a', 'b'),
      usable: pick('l.i = r.i and ', 'l.u = r.u and ', 'l.s = r.s and ', ''),
    })
    .map(({ kind, on, right, usable }) => ({
      text: `a l ${kind} ${right} r on ${usable}(${on})`,
      columns: [...of('l'), ...of('r')],
    })),
  new Expressions(of('x')).number(1).map((value) => ({
    text: `(select x.*, ${value} as n from a x) l`,
    columns: [...of('l'), { name: 'l.n', kind: 'number' as const }],
  })),
);

const kinds = pick<Kind>('number', 'number', 'text', 'date');

const plain: Arbitrary<string> = sources.chain(({ text, columns }) => {
  const expressions = new Expressions(columns, inner(columns));
  const items = fc.array(
    kinds.chain((kind) => expressions.of(kind, 2)),
    { minLength: 1, maxLength: 3 },
  );
  const limit = fc.option(fc.tuple(pick('asc', 'desc'), fc.nat(4)), { nil: undefined });
  return fc
    .record({ items, where: fc.option(expressions.truth(2), { nil: undefined }), distinct: fc.boolean(), limit })
    .map(({ items: list, where, distinct, limit: cut }) => {
      const places = list.map((_, i) => `${i + 1} ${cut?.[0] ?? ''}`);
      const end = cut === undefined ? '' : ` order by ${join(places)} limit ${cut[1]}`;
      const filter = where === undefined ? '' : ` where ${where}`;
      const named = list.map((item, i) => `${item} as c${i}`);
      return `select ${distinct ? 'distinct ' : ''}${join(named)} from ${text}${filter}${end}`;
    });
});

const aggregates = (expressions: Expressions): Arbitrary<string> =>
  fc.oneof(
    compose((f, x) => `${f}(${x})`, pick('sum', 'avg', 'min', 'max', 'count', 'bit_or'), expressions.number(1)),
    compose((f, x) => `${f}(${x})`, pick('min', 'max', 'count'), fc.oneof(expressions.text(1), expressions.date(1))),
    compose((f, x) => `${f}(distinct ${x})`, pick('count', 'sum'), expressions.number(1)),
    expressions.text(1).map((x) => `group_concat(${x} order by 1 separator ';')`),
    pick('count(*)'),
  );

const grouped: Arbitrary<string> = sources.chain(({ text, columns }) => {
  const expressions = new Expressions(columns);
  const keys = fc.array(
    kinds.chain((kind) => expressions.of(kind, 1)),
    { maxLength: 2 },
  );
  const results = fc.array(aggregates(expressions), { minLength: 1, maxLength: 3 });
  const having = fc.option(
    compose(
      (x, op, y) => ` having ${x} ${op} ${y}`,
      aggregates(expressions),
      pick('>', '<>', '<='),
      pick('0', '1', '2'),
    ),
    { nil: '' },
  );
  return fc.record({ keys, results, having }).map(({ keys: by, results: list, having: kept }) => {
    const items = [...by.map((key, i) => `${key} as k${i}`), ...list.map((item, i) => `${item} as c${i}`)];
    const groups = by.length === 0 ? '' : ` group by ${join(by.map((_, i) => `k${i}`))}`;
    return `select ${join(items)} from ${text}${groups}${kept}`;
  });
});

/** Windows whose answers do not hang on the order of rows that compare as equal. */
const windowed: Arbitrary<string> = fc
  .record({
    value: new Expressions(of('l')).number(1),
    parts: new Expressions(of('l')).of('text', 1),
    order: pick('l.k', 'l.i, l.k', 'l.s desc, l.k', 'l.t, l.k desc'),
    frame: pick(
      '',
      ' rows between 1 preceding and 1 following',
      ' rows between unbounded preceding and current row',
      ' rows 2 preceding',
    ),
    whole: pick('sum', 'min', 'max', 'count', 'avg', 'first_value', 'last_value'),
    ranked: pick('row_number()', 'rank()', 'dense_rank()', 'ntile(3)', 'percent_rank()', 'lag(l.i)', 'lead(l.s, 2)'),
  })
  .map(({ value, parts, order, frame, whole, ranked }) => {
    const windows = `(partition by ${parts} order by ${order}${frame})`;
    return `select l.k, ${whole}(${value}) over ${windows} as w, ${ranked} over (order by ${order}) as n from a l`;
  });

const combined: Arbitrary<string> = fc
  .record({
    operator: pick('union', 'union all', 'intersect', 'except'),
    left: new Expressions(of('l'), inner(of('l'))).number(1),
    right: new Expressions(of('l')).number(1),
    where: new Expressions(of('l')).truth(1),
  })
  .map(
    ({ operator, left, right, where }) =>
      `select ${left} as v from a l where ${where} ${operator} select ${right} from b l`,
  );

const common: Arbitrary<string> = compose(
  (value, where) =>
    `with q as (select l.k, ${value} as v from a l where ${where}) select q.v, count(*) as n, max(r.k) as m from q join q r on q.k >= r.k group by q.v`,
  new Expressions(of('l')).number(1),
  new Expressions(of('l')).truth(1),
);

const row = (key: Arbitrary<string>): Arbitrary<string> =>
  fc
    .tuple(
      key,
      ...COLUMNS.map(({ value }) => fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: pick('null') })),
    )
    .map((values) => `(${join(values)})`);

const changes: Arbitrary<string> = fc.oneof(
  compose(
    (value, where) => `update a l set l.i = ${value} where ${where}`,
    new Expressions(of('l')).number(1),
    new Expressions(of('l')).truth(1),
  ),
  compose(
    (value, where) => `update a l set l.s = ${value} where ${where}`,
    new Expressions(of('l')).text(1),
    new Expressions(of('l')).truth(1),
  ),
  compose((value) => `update a set d = ${value} order by k desc limit 3`, new Expressions(of('a')).number(1)),
  compose(
    (where) => `delete l from a l join b r on l.i = r.i where ${where}`,
    new Expressions([...of('l'), ...of('r')]).truth(1),
  ),
  compose((where) => `delete from a where ${where}`, new Expressions(of('a'), inner(of('a'))).truth(1)).filter(
    (text) => !text.includes('from a x'),
  ),
  compose((value) => `insert into a (k, i, f) select k + 50, ${value}, 1 from b`, new Expressions(of('b')).number(1)),
  compose(
    (value, rows) => `insert into a values ${rows} on duplicate key update i = ${value}`,
    new Expressions(of('a')).number(1),
    row(pick('1', '2', '77')),
  ),
  compose((rows) => `replace into a values ${rows}`, row(pick('1', '3', '78'))),
  compose((rows) => `insert ignore into a values ${rows}`, row(pick('1', '4', '79'))),
);

const statement = fc.oneof(
  { weight: 6, arbitrary: plain },
  { weight: 3, arbitrary: grouped },
  { weight: 1, arbitrary: windowed },
  { weight: 1, arbitrary: combined },
  { weight: 1, arbitrary: common },
  { weight: 3, arbitrary: changes },
);

const indexes = fc.subarray(['key (i)', 'key (s, u)', 'key (t)', 'key (d, i)']);

const table = (name: string): Arbitrary<string[]> =>
  fc.record({ keys: indexes, rows: fc.array(row(fc.constant('')), { maxLength: 7 }) }).map(({ keys, rows }) => {
    const columns = COLUMNS.map((column) => `${column.name} ${column.type}`);
    const definition = join(['k int primary key', ...columns, ...keys]);
    const numbered = rows.map((text, i) => text.replace('(', `(${i + 1}`));
    return [
      `drop table if exists ${name}`,
      `create table ${name} (${definition}) character set utf8mb4 collate utf8mb4_bin`,
      ...(rows.length === 0 ? [] : [`insert into ${name} values ${join(numbered)}`]),
    ];
  });

export const scripts: Arbitrary<Script> = fc
  .record({ a: table('a'), b: table('b'), statements: fc.array(statement, { minLength: 4, maxLength: 12 }) })
  .map(({ a, b, statements }) => ({ schema: [...a, ...b], statements }));
