/**
 * System variables: what is known about each, the values that all sessions share and those of one session. A session
 * starts with a copy of the shared values, so SET GLOBAL reaches only sessions that start later, as in MySQL.
 */
import type { Value } from '../../tuple/value.ts';
import { parseMandatoryRoles } from '../accounts/mandatory-roles.ts';
import type { TypedValue, VariableScope } from '../expressions/session-view.ts';
import { type ConvertScene, convertTo } from '../types/convert.ts';
import { formatValue } from '../types/format.ts';
import { SqlError, wrongVariableValue } from '../types/sql-error.ts';
import {
  BIGINT,
  DOUBLE,
  isNumeric,
  isText,
  type SqlType,
  TINYINT_1,
  UNSIGNED_BIGINT,
  varchar,
} from '../types/sql-type.ts';
import { normalizedMode } from './sql-mode.ts';
import { zoneOffsetSeconds } from './time-zone.ts';
import { VARIABLE_TABLE } from './variable-table.ts';

export type VariableType = 'bool' | 'int' | 'double' | 'string' | 'enum' | 'set';

export interface VariableDefinition {
  readonly name: string;
  readonly scope: 'both' | 'global' | 'session';
  readonly type: VariableType;
  readonly members: readonly string[];
  /** Of numbers; undefined: any. */
  readonly range: NumberRange | undefined;
  readonly readOnly: boolean;
  readonly initial: Value;
}

export interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** -1 is taken, too. */
  readonly takesMinusOne: boolean;
}

type Warn = NonNullable<ConvertScene['warn']>;

const TEXT = varchar(1024);
const SCOPES = { b: 'both', g: 'global', s: 'session' } as const;

const definitions = new Map<string, VariableDefinition>();

/** A variable by its lower-case name. The table is long and a run asks for few, so lines are read when asked for. */
export function variableDefinition(name: string): VariableDefinition | undefined {
  const known = definitions.get(name);
  if (known !== undefined) return known;
  const start = VARIABLE_TABLE.indexOf(`\n${name} `) + 1;
  if (start === 0) return isDefaultBranch(name) ? defaultBranchDefinition(name) : undefined;
  const definition = definitionOf(VARIABLE_TABLE.slice(start, VARIABLE_TABLE.indexOf('\n', start)));
  if (definition.name !== name) return undefined;
  definitions.set(name, definition);
  return definition;
}

/** The branch that sessions of a database begin on: a variable for each database. */
const isDefaultBranch = (name: string): boolean => /^.+_default_branch$/.test(name);

function defaultBranchDefinition(name: string): VariableDefinition {
  const definition = definitionOf(`${name} g string`);
  definitions.set(name, definition);
  return definition;
}

function variableDefinitions(): VariableDefinition[] {
  return VARIABLE_TABLE.trim().split('\n').map(definitionOf);
}

function definitionOf(line: string): VariableDefinition {
  const [name = '', scope, typeText = '', ...rest] = line.split(' ');
  const [bare = '', range] = typeText.replace('readonly-', '').replace(/\]$/, '').split('[');
  const [type = '', members = ''] = bare.replace(/\)$/, '').split('(');
  return {
    name,
    scope: SCOPES[scope as keyof typeof SCOPES],
    type: type as VariableType,
    members: members === '' ? [] : members.split('|'),
    range: range === undefined ? undefined : rangeOf(range),
    readOnly: typeText.startsWith('readonly-'),
    initial: initialValue(type as VariableType, rest.join(' ')),
  };
}

function rangeOf(text: string): NumberRange {
  const takesMinusOne = text.startsWith('-1,');
  const [least = '', most = ''] = text.replace(/^-1,/, '').split('..');
  return {
    least: least === '' ? Number.NEGATIVE_INFINITY : Number(least),
    most: most === '' ? Number.POSITIVE_INFINITY : Number(most),
    takesMinusOne,
  };
}

function initialValue(type: VariableType, text: string): Value {
  if (type === 'bool') return text === 'ON' ? 1 : 0;
  if (type === 'int') return /^-?\d{1,15}$/.test(text) ? Number(text) : text === '' ? 0 : BigInt(text);
  return type === 'double' ? Number(text) : text;
}

export function variableType(definition: VariableDefinition): SqlType {
  if (definition.type === 'bool') return TINYINT_1;
  if (definition.type === 'double') return DOUBLE;
  if (definition.type === 'int') return typeof definition.initial === 'bigint' ? UNSIGNED_BIGINT : BIGINT;
  return TEXT;
}

/** As SHOW VARIABLES prints it. */
export function variableText(definition: VariableDefinition, value: Value): string {
  if (definition.type === 'bool') return value === 1 ? 'ON' : 'OFF';
  return value === null ? '' : formatValue(value, variableType(definition));
}

export function unknownVariable(name: string): SqlError {
  return new SqlError(1193, 'HY000', `Unknown system variable '${name}'`);
}

/**
 * The value as the variable keeps it. Throws 1231 or 1232 for what it does not take; a number that is out of range is cut to
 * it where `cut` is told of it.
 */
export function variableValue(
  definition: VariableDefinition,
  { type, value }: TypedValue,
  cut?: (text: string) => void,
): Value {
  const text = value === null ? 'NULL' : formatValue(value, type);
  switch (definition.type) {
    case 'bool':
      if (/^(1|on|true)$/i.test(text)) return 1;
      if (/^(0|off|false)$/i.test(text)) return 0;
      throw wrongVariableValue(definition.name, text);
    case 'int':
    case 'double': {
      if (value === null || !(isNumeric(type) || (isText(type) && /^-?\d+(\.\d+)?$/.test(text)))) {
        throw new SqlError(1232, '42000', `Incorrect argument type to variable '${definition.name}'`);
      }
      const end = nearestEnd(Number(text), definition.range);
      if (end === undefined) return convertTo(value, type, variableType(definition), 'cast');
      if (cut === undefined) throw wrongVariableValue(definition.name, text);
      cut(text);
      return end;
    }
    case 'enum': {
      const byName = definition.members.find((member) => member.toLowerCase() === text.toLowerCase());
      const member = byName ?? (isNumeric(type) ? definition.members[Number(text)] : undefined);
      if (member === undefined) throw wrongVariableValue(definition.name, text);
      return member;
    }
    default:
      if (definition.name === 'sql_mode') return normalizedMode(isNumeric(type) ? Number(value) : text);
      if (definition.name === 'time_zone' && !isTimeZone(text))
        throw new SqlError(1298, 'HY000', `Unknown or incorrect time zone: '${text}'`);
      if (definition.name === 'mandatory_roles' && value !== null && parseMandatoryRoles(text) === undefined)
        throw wrongVariableValue(definition.name, text);
      return value === null ? '' : text;
  }
}

/** The end of the range that a number is beyond. */
function nearestEnd(value: number, range: NumberRange | undefined): number | undefined {
  if (range === undefined || (range.takesMinusOne && value === -1)) return undefined;
  if (value < range.least) return range.least;
  return value > range.most ? range.most : undefined;
}

function isTimeZone(text: string): boolean {
  return text.toUpperCase() === 'SYSTEM' || zoneOffsetSeconds(text, 0) !== undefined;
}

/** What `sqlserver.global.*` and SET GLOBAL set: shared by the sessions of an engine. */
export class GlobalVariables {
  readonly #values = new Map<string, Value>();
  /** What was asked for as text since something was set: replication asks for its settings before each transaction. */
  readonly #texts = new Map<string, string>();
  /** Names that the configuration sets and nobody knows. */
  readonly unknown: string[] = [];
  /** Goes up with each change. */
  version = 0;

  constructor(settings: ReadonlyMap<string, string>) {
    for (const [key, text] of settings) {
      const name = key.toLowerCase();
      const definition = variableDefinition(name);
      if (definition === undefined) this.unknown.push(name);
      else this.#values.set(name, variableValue(definition, { type: TEXT, value: text }));
    }
  }

  get(definition: VariableDefinition): Value {
    return this.#values.has(definition.name) ? this.#values.get(definition.name)! : definition.initial;
  }

  set(definition: VariableDefinition, value: Value): void {
    this.#values.set(definition.name, value);
    this.#texts.clear();
    this.version++;
  }

  /** The values that differ from the defaults. */
  copy(): Map<string, Value> {
    return new Map(this.#values);
  }

  text(name: string): string {
    let text = this.#texts.get(name);
    if (text === undefined) {
      const definition = variableDefinition(name);
      text = definition === undefined ? '' : variableText(definition, this.get(definition));
      this.#texts.set(name, text);
    }
    return text;
  }
}

/** Dolt adds some for each database: `db_head`, `db_head_ref`, `db_working`, `db_staged`. */
export interface DynamicVariables {
  get(name: string): TypedValue | undefined;
  set(name: string, value: TypedValue): boolean;
  hasDatabase(name: string): boolean;
}

export class SessionVariables {
  readonly #globals: GlobalVariables;
  readonly #values: Map<string, Value>;
  readonly #dynamic: DynamicVariables;
  /** What was asked for since something was set, as text and as number: each statement asks for the same few. */
  readonly #texts = new Map<string, string>();
  readonly #numbers = new Map<string, number>();
  #version: number;
  #ownVersion = 0;

  constructor(globals: GlobalVariables, dynamic: DynamicVariables) {
    this.#globals = globals;
    this.#version = globals.version;
    this.#values = globals.copy();
    this.#dynamic = dynamic;
  }

  /** Goes up with each change, of the session's values and of the shared ones. */
  get version(): number {
    return this.#ownVersion + this.#globals.version;
  }

  get(name: string, scope: VariableScope | undefined): TypedValue {
    const definition = this.#definition(name);
    if (definition === undefined) {
      const dynamic = this.#dynamic.get(name);
      if (dynamic === undefined) throw unknownVariable(name);
      return dynamic;
    }
    const type = variableType(definition);
    const shared = scope === 'global' || scope === 'persist' || definition.scope === 'global';
    if (scope === 'session' && definition.scope === 'global') {
      throw new SqlError(1238, 'HY000', `Variable '${name}' is a GLOBAL variable`);
    }
    if (scope === 'global' && definition.scope === 'session') {
      throw new SqlError(1238, 'HY000', `Variable '${name}' is a SESSION variable`);
    }
    return { type, value: shared ? this.#globals.get(definition) : this.#own(definition) };
  }

  /** Throws 1193 for the default branch of a database that is not there. */
  #definition(name: string): VariableDefinition | undefined {
    if (isDefaultBranch(name) && !this.#dynamic.hasDatabase(name.slice(0, -'_default_branch'.length))) {
      throw unknownVariable(name);
    }
    return variableDefinition(name);
  }

  #own(definition: VariableDefinition): Value {
    return this.#values.has(definition.name) ? this.#values.get(definition.name)! : definition.initial;
  }

  /**
   * `undefined` as value means DEFAULT. A number that is out of range is cut, of which `warn` is told, as MySQL does. Returns
   * the text of a number as it is kept.
   */
  set(name: string, scope: VariableScope | undefined, typed: TypedValue | undefined, warn?: Warn): string | undefined {
    const definition = this.#definition(name);
    if (definition === undefined) {
      if (typed !== undefined && this.#dynamic.set(name, typed)) return undefined;
      throw unknownVariable(name);
    }
    if (definition.readOnly) throw new SqlError(1238, 'HY000', `Variable '${name}' is a read only variable`);
    const wide = scope === 'global' || scope === 'persist';
    if (!wide && definition.scope === 'global' && scope !== 'persist_only') {
      throw new SqlError(1229, 'HY000', `Variable '${name}' is a GLOBAL variable and should be set with SET GLOBAL`);
    }
    if (wide && definition.scope === 'session') {
      throw new SqlError(1228, 'HY000', `Variable '${name}' is a SESSION variable and can't be used with SET GLOBAL`);
    }
    const cut = warn && this.#cutter(definition, warn);
    const kept = typed && variableValue(definition, typed, cut);
    if (wide) this.#globals.set(definition, kept === undefined ? definition.initial : kept);
    else if (scope !== 'persist_only') {
      this.#values.set(name, kept === undefined ? this.#globals.get(definition) : kept);
      this.#ownVersion++;
      this.#forget();
    }
    const isNumber = definition.type === 'int' || definition.type === 'double';
    return isNumber && kept !== undefined ? variableText(definition, kept) : undefined;
  }

  /** STRICT_ALL_TABLES, and no other mode, refuses what is out of range. */
  #cutter({ name }: VariableDefinition, warn: Warn): ((text: string) => void) | undefined {
    if (this.text('sql_mode').includes('STRICT_ALL_TABLES')) return undefined;
    return (text) => warn({ level: 'Warning', code: 1292, message: `Truncated incorrect ${name} value: '${text}'` });
  }

  #forget(): void {
    this.#texts.clear();
    this.#numbers.clear();
    this.#version = this.#globals.version;
  }

  /** The truth of a boolean variable, the session's own value. */
  isOn(name: string): boolean {
    return this.number(name) === 1;
  }

  text(name: string): string {
    if (this.#version !== this.#globals.version) this.#forget();
    let text = this.#texts.get(name);
    if (text === undefined) {
      text = variableText(variableDefinition(name)!, this.get(name, undefined).value);
      this.#texts.set(name, text);
    }
    return text;
  }

  /** As `text`; undefined for a name that no variable has. */
  textOf(name: string): string | undefined {
    return variableDefinition(name) && this.text(name);
  }

  number(name: string): number {
    if (this.#version !== this.#globals.version) this.#forget();
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = Number(this.get(name, undefined).value);
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** Names and texts for SHOW VARIABLES. */
  list(scope: VariableScope | undefined): [name: string, text: string][] {
    const rows: [string, string][] = [];
    for (const definition of variableDefinitions()) {
      if (scope === 'global' && definition.scope === 'session') continue;
      const shared = scope === 'global' || definition.scope === 'global';
      rows.push([
        definition.name,
        variableText(definition, shared ? this.#globals.get(definition) : this.#own(definition)),
      ]);
    }
    return rows.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
