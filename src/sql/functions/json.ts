/** JSON functions (MySQL manual, "JSON Functions"). Documents are trees inside and computed text outside. */
import type { Value } from '../../tuple/value.ts';
import { coerce } from '../expressions/coerce.ts';
import type { Expression } from '../expressions/expression.ts';
import { likeMatcher } from '../expressions/like-pattern.ts';
import { jsonMember } from '../types/convert-other.ts';
import { textReader } from '../types/convert-text.ts';
import {
  compareJson,
  computedText,
  displayKeys,
  displayText,
  type JsonObject,
  JsonTemporal,
  type JsonValue,
  jsonTypeName,
  parseJson,
  prettyText,
  quoteJson,
  storedText,
} from '../types/json-value.ts';
import {
  invalidJsonArgument,
  invalidJsonType,
  jsonNullKey,
  jsonOneOrAll,
  jsonPathNoCell,
  jsonPathWildcard,
  jsonVacuousPath,
  wrongParameterCount,
} from '../types/sql-error.ts';
import { BOOLEAN, COMPUTED_JSON, INT, isBytes, isText, LONGTEXT, type SqlType } from '../types/sql-type.ts';
import { asText, textFunction } from './arguments.ts';
import { type JsonPath, matches, type PathLeg, parsePath, position, walkPath } from './json-path.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

export type ReadDocument = (value: Value) => JsonValue;

/** A document argument: JSON, or text that is parsed. Throws ER_INVALID_JSON_TEXT_IN_PARAM and …TYPE_FOR_JSON. */
export function documentReader(argument: Expression, position: number, name: string): ReadDocument {
  const { type } = argument;
  if (type.kind === 'json' || type.kind === 'null') return jsonMember(type);
  if (!isText(type) && !isBytes(type)) {
    return () => {
      throw invalidJsonType(position, name);
    };
  }
  const read = textReader(type);
  let lastText: string | undefined;
  let lastDocument: JsonValue = null;
  return (value) => {
    const text = read(value);
    if (text !== lastText) {
      lastDocument = parseJson(text, 'text', (reason, at) => invalidJsonArgument(position, name, reason, at));
      lastText = text;
    }
    return lastDocument;
  };
}

function singlePath(text: Value): JsonPath {
  const path = parsePath(text as string);
  if (path.isMultiple) throw jsonPathWildcard();
  return path;
}

/** A copy of the document with the value at a path changed; `change` gets undefined where nothing is. */
type Change = (old: JsonValue | undefined) => JsonValue | undefined;

function edit(value: JsonValue, legs: readonly PathLeg[], change: Change): JsonValue | undefined {
  const [leg, ...rest] = legs;
  if (leg === undefined) return change(value);
  if (leg.kind === 'member') {
    if (!(value instanceof Map)) return value;
    if (rest.length > 0 && !value.has(leg.name)) return value;
    const inner = value.has(leg.name) ? edit(value.get(leg.name)!, rest, change) : change(undefined);
    const copy: JsonObject = new Map(value);
    if (inner === undefined) copy.delete(leg.name);
    else copy.set(leg.name, inner);
    return copy;
  }
  if (leg.kind !== 'cell') return value;
  if (!Array.isArray(value)) return editScalarCell(value, leg, rest, change);
  const at = position(leg, value.length);
  if (at >= 0 && at < value.length) {
    const inner = edit(value[at]!, rest, change);
    const copy = [...value];
    if (inner === undefined) copy.splice(at, 1);
    else copy[at] = inner;
    return copy;
  }
  if (rest.length > 0) return value;
  const added = change(undefined);
  if (added === undefined) return value;
  return at < 0 ? [added, ...value] : [...value, added];
}

/** `[0]` of what is no array is the value itself; a later cell wraps it in an array. */
function editScalarCell(
  value: JsonValue,
  leg: Extract<PathLeg, { kind: 'cell' }>,
  rest: readonly PathLeg[],
  change: Change,
): JsonValue | undefined {
  if (leg.index === 0) {
    if (rest.length > 0) return edit(value, rest, change);
    return change(value);
  }
  if (rest.length > 0) return value;
  const added = change(undefined);
  return added === undefined ? value : [value, added];
}

/** A document, then pairs of path and value, each of which `apply` brings into the document: JSON_ARRAY_APPEND and its like. */
function pathModifier(
  name: string,
  apply: (document: JsonValue, path: JsonPath, value: JsonValue) => JsonValue,
): ScalarFunction {
  return {
    name,
    minArguments: 3,
    maxArguments: Number.POSITIVE_INFINITY,
    bind(given): Signature {
      if (given.length % 2 === 0) throw wrongParameterCount(name);
      const document = documentReader(given[0]!, 1, name);
      const values = given.map((argument) => jsonMember(argument.type));
      return {
        type: COMPUTED_JSON,
        args: given.map((argument, at) => (at % 2 === 1 ? asText(argument) : argument)),
        nullable: true,
        handlesNull: true,
        apply: (args) => {
          if (args[0] === null) return null;
          let result = document(args[0]!);
          for (let at = 1; at + 1 < args.length; at += 2) {
            if (args[at] === null) return null;
            result = apply(result, singlePath(args[at]!), values[at + 1]!(args[at + 1]!));
          }
          return computedText(result);
        },
      };
    },
  };
}

/** JSON_SET and its like. */
function modifier(name: string, changeFor: (value: JsonValue) => Change): ScalarFunction {
  return pathModifier(name, (document, { legs }, value) => edit(document, legs, changeFor(value)) ?? null);
}

const extract: ScalarFunction = {
  name: 'json_extract',
  minArguments: 2,
  maxArguments: Number.POSITIVE_INFINITY,
  bind([document, ...paths]): Signature {
    const read = documentReader(document!, 1, 'json_extract');
    return {
      type: COMPUTED_JSON,
      args: [document!, ...paths.map(asText)],
      nullable: true,
      apply: ([value, ...texts]) => {
        const tree = read(value!);
        const parsed = texts.map((text) => parsePath(text as string));
        const found = parsed.flatMap((path) => matches(tree, path));
        if (found.length === 0) return null;
        return computedText(parsed.length > 1 || parsed[0]!.isMultiple ? found : found[0]!);
      },
    };
  },
};

function contains(target: JsonValue, candidate: JsonValue): boolean {
  if (Array.isArray(target)) {
    if (Array.isArray(candidate)) return candidate.every((item) => target.some((own) => contains(own, item)));
    return target.some((own) => contains(own, candidate));
  }
  if (target instanceof Map) {
    if (!(candidate instanceof Map)) return false;
    for (const [key, value] of candidate) {
      const own = target.get(key);
      if (own === undefined || !contains(own, value)) return false;
    }
    return true;
  }
  return compareJson(target, candidate) === 0;
}

function overlaps(a: JsonValue, b: JsonValue): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.some((left) => b.some((right) => compareJson(left, right) === 0));
  if (Array.isArray(a)) return a.some((left) => compareJson(left, b) === 0);
  if (Array.isArray(b)) return overlaps(b, a);
  if (a instanceof Map && b instanceof Map) {
    for (const [key, value] of a) {
      const other = b.get(key);
      if (other !== undefined && compareJson(value, other) === 0) return true;
    }
    return false;
  }
  return compareJson(a, b) === 0;
}

function mergePreserve(a: JsonValue, b: JsonValue): JsonValue {
  if (a instanceof Map && b instanceof Map) {
    const merged: JsonObject = new Map(a);
    for (const [key, value] of b) merged.set(key, merged.has(key) ? mergePreserve(merged.get(key)!, value) : value);
    return merged;
  }
  return [...(Array.isArray(a) ? a : [a]), ...(Array.isArray(b) ? b : [b])];
}

/** RFC 7396. */
function mergePatch(a: JsonValue, b: JsonValue): JsonValue {
  if (!(b instanceof Map)) return b;
  const merged: JsonObject = new Map(a instanceof Map ? a : []);
  for (const [key, value] of b) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key) ?? null, value));
  }
  return merged;
}

function merger(
  name: string,
  merge: (a: JsonValue, b: JsonValue) => JsonValue,
  aliases: readonly string[] = [],
): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: 2,
    maxArguments: Number.POSITIVE_INFINITY,
    bind(given): Signature {
      const readers = given.map((argument, at) => documentReader(argument, at + 1, name));
      return {
        type: COMPUTED_JSON,
        apply: (args) => computedText(args.map((value, at) => readers[at]!(value)).reduce(merge)),
      };
    },
  };
}

/** A function of one document (and perhaps a path into it). */
function ofDocument(
  name: string,
  type: SqlType,
  compute: (value: JsonValue) => Value,
  withPath = false,
): ScalarFunction {
  return {
    name,
    minArguments: 1,
    maxArguments: withPath ? 2 : 1,
    bind([document, path]): Signature {
      const read = documentReader(document!, 1, name);
      return {
        type,
        args: path === undefined ? [document!] : [document!, asText(path)],
        nullable: true,
        apply: ([value, text]) => {
          const tree = read(value!);
          if (text === undefined) return compute(tree);
          const [found] = matches(tree, singlePath(text));
          return found === undefined ? null : compute(found);
        },
      };
    },
  };
}

function depth(value: JsonValue): number {
  const inner = Array.isArray(value) ? value : value instanceof Map ? [...value.values()] : [];
  return 1 + inner.reduce<number>((deepest, item) => Math.max(deepest, depth(item)), 0);
}

function length(value: JsonValue): number {
  return Array.isArray(value) ? value.length : value instanceof Map ? value.size : 1;
}

/** The text of a string value; of other scalars and documents how they print. */
function unquoted(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof JsonTemporal) return value.text;
  return displayText(value);
}

const unquote: ScalarFunction = {
  name: 'json_unquote',
  minArguments: 1,
  maxArguments: 1,
  bind([given]): Signature {
    if (given!.type.kind === 'json') {
      const read = jsonMember(given!.type);
      return { type: LONGTEXT, apply: ([value]) => unquoted(read(value!)) };
    }
    return {
      type: LONGTEXT,
      args: [asText(given!)],
      apply: ([value]) => {
        const text = value as string;
        if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
        return unquoted(parseJson(text, 'text', (reason, at) => invalidJsonArgument(1, 'json_unquote', reason, at)));
      },
    };
  },
};

function oneOrAll(value: Value, name: string): 'one' | 'all' {
  const word = String(value).toLowerCase();
  if (word !== 'one' && word !== 'all') throw jsonOneOrAll(name);
  return word;
}

const search: ScalarFunction = {
  name: 'json_search',
  minArguments: 3,
  maxArguments: Number.POSITIVE_INFINITY,
  bind([document, mode, text, escapeText, ...paths]): Signature {
    const read = documentReader(document!, 1, 'json_search');
    const args = [
      document!,
      asText(mode!),
      asText(text!),
      ...(escapeText ? [asText(escapeText)] : []),
      ...paths.map(asText),
    ];
    return {
      type: COMPUTED_JSON,
      args,
      nullable: true,
      handlesNull: true,
      apply: ([value, modeWord, wanted, escapeCharacter, ...texts]) => {
        if (value === null || modeWord === null || wanted === null || texts.includes(null)) return null;
        const all = oneOrAll(modeWord!, 'json_search') === 'all';
        const matcher = likeMatcher(
          wanted as string,
          (escapeCharacter as string | null | undefined) || '\\',
          'utf8mb4_bin',
        );
        const found: string[] = [];
        const scan = (inner: JsonValue, path: string) =>
          walkPath(
            inner,
            [{ kind: 'descent' }],
            (match, at) => {
              if (typeof match === 'string' && matcher(match) && !found.includes(at)) found.push(at);
            },
            path,
          );
        const tree = read(value!);
        if (texts.length === 0) scan(tree, '$');
        for (const path of texts) walkPath(tree, parsePath(path as string).legs, scan);
        if (found.length === 0) return null;
        return computedText(!all || found.length === 1 ? found[0]! : found);
      },
    };
  },
};

const containsPath: ScalarFunction = {
  name: 'json_contains_path',
  minArguments: 3,
  maxArguments: Number.POSITIVE_INFINITY,
  bind([document, mode, ...paths]): Signature {
    const read = documentReader(document!, 1, 'json_contains_path');
    return {
      type: BOOLEAN,
      args: [document!, asText(mode!), ...paths.map(asText)],
      nullable: true,
      apply: ([value, word, ...texts]) => {
        const tree = read(value!);
        const has = (text: Value) => matches(tree, parsePath(text as string)).length > 0;
        return (oneOrAll(word!, 'json_contains_path') === 'one' ? texts.some(has) : texts.every(has)) ? 1 : 0;
      },
    };
  },
};

const jsonObject: ScalarFunction = {
  name: 'json_object',
  minArguments: 0,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(given): Signature {
    if (given.length % 2 === 1) throw wrongParameterCount('json_object');
    const readers = given.map((argument) => jsonMember(argument.type));
    return {
      type: COMPUTED_JSON,
      args: given.map((argument, at) => (at % 2 === 0 ? asText(argument) : argument)),
      nullable: false,
      handlesNull: true,
      apply: (args) => {
        const object: JsonObject = new Map();
        for (let at = 0; at + 1 < args.length; at += 2) {
          if (args[at] === null) throw jsonNullKey();
          object.set(args[at] as string, readers[at + 1]!(args[at + 1]!));
        }
        return computedText(object);
      },
    };
  },
};

const jsonArray: ScalarFunction = {
  name: 'json_array',
  minArguments: 0,
  maxArguments: Number.POSITIVE_INFINITY,
  bind(given): Signature {
    const readers = given.map((argument) => jsonMember(argument.type));
    return {
      type: COMPUTED_JSON,
      nullable: false,
      handlesNull: true,
      apply: (args) => computedText(args.map((value, at) => readers[at]!(value))),
    };
  },
};

/** Two documents compared. */
function ofTwo(name: string, compute: (a: JsonValue, b: JsonValue) => boolean, withPath: boolean): ScalarFunction {
  return {
    name,
    minArguments: 2,
    maxArguments: withPath ? 3 : 2,
    bind(given): Signature {
      const left = documentReader(given[0]!, 1, name);
      const right = documentReader(jsonOperand(given[1]!), 2, name);
      const args = [given[0]!, jsonOperand(given[1]!), ...(given[2] ? [asText(given[2])] : [])];
      return {
        type: BOOLEAN,
        args,
        nullable: true,
        apply: ([a, b, path]) => {
          const tree = left(a!);
          if (path === undefined) return compute(tree, right(b!)) ? 1 : 0;
          const [target] = matches(tree, singlePath(path));
          return target === undefined ? null : compute(target, right(b!)) ? 1 : 0;
        },
      };
    },
  };
}

/** Numbers and truth values stand for themselves where a document is wanted (`5 MEMBER OF (…)`). */
function jsonOperand(argument: Expression): Expression {
  return isText(argument.type) || isBytes(argument.type) || argument.type.kind === 'json'
    ? argument
    : coerce(argument, COMPUTED_JSON);
}

const valid: ScalarFunction = {
  name: 'json_valid',
  minArguments: 1,
  maxArguments: 1,
  bind([given]): Signature {
    const { type } = given!;
    if (type.kind === 'json') return { type: BOOLEAN, apply: () => 1 };
    if (!isText(type) && !isBytes(type)) return { type: BOOLEAN, apply: () => 0 };
    const read = textReader(type);
    return {
      type: BOOLEAN,
      apply: ([value]) => {
        try {
          parseJson(read(value!), 'text');
          return 1;
        } catch {
          return 0;
        }
      },
    };
  },
};

/** `value MEMBER OF (document)`: whether it is an item of an array, or the document itself. Text is a string, not JSON. */
const memberOf: ScalarFunction = {
  name: 'member of',
  minArguments: 2,
  maxArguments: 2,
  bind([value, document]): Signature {
    const read = documentReader(document!, 2, 'member of');
    const member = jsonMember(value!.type);
    return {
      type: BOOLEAN,
      apply: ([wanted, given]) => {
        const target = read(given!);
        const found = member(wanted!);
        const items = Array.isArray(target) ? target : [target];
        return items.some((item) => compareJson(item, found) === 0) ? 1 : 0;
      },
    };
  },
};

export const jsonFunctions: readonly ScalarFunction[] = [
  memberOf,
  jsonArray,
  jsonObject,
  extract,
  unquote,
  search,
  containsPath,
  valid,
  modifier('json_set', (value) => () => value),
  modifier('json_insert', (value) => (old) => (old === undefined ? value : old)),
  modifier('json_replace', (value) => (old) => (old === undefined ? undefined : value)),
  {
    name: 'json_remove',
    minArguments: 2,
    maxArguments: Number.POSITIVE_INFINITY,
    bind([document, ...paths]) {
      const read = documentReader(document!, 1, 'json_remove');
      return {
        type: COMPUTED_JSON,
        args: [document!, ...paths.map(asText)],
        nullable: true,
        apply: ([value, ...texts]) => {
          let result = read(value!);
          for (const text of texts) {
            const { legs } = singlePath(text);
            if (legs.length === 0) throw jsonVacuousPath();
            result = edit(result, legs, () => undefined) ?? null;
          }
          return computedText(result);
        },
      };
    },
  },
  pathModifier('json_array_append', (document, path, value) => {
    return (
      edit(document, path.legs, (old) =>
        old === undefined ? undefined : Array.isArray(old) ? [...old, value] : [old, value],
      ) ?? null
    );
  }),
  pathModifier('json_array_insert', (document, path, value) => {
    const last = path.legs[path.legs.length - 1];
    if (last?.kind !== 'cell') throw jsonPathNoCell();
    const insert: Change = (old) => {
      if (!Array.isArray(old)) return old;
      const at = Math.max(0, Math.min(old.length, position(last, old.length)));
      return [...old.slice(0, at), value, ...old.slice(at)];
    };
    return edit(document, path.legs.slice(0, -1), insert) ?? null;
  }),
  ofTwo('json_contains', contains, true),
  ofTwo('json_overlaps', overlaps, false),
  merger('json_merge_preserve', mergePreserve, ['json_merge']),
  merger('json_merge_patch', mergePatch),
  ofDocument('json_type', LONGTEXT, jsonTypeName),
  ofDocument('json_depth', INT, depth),
  ofDocument('json_length', INT, length, true),
  ofDocument(
    'json_keys',
    COMPUTED_JSON,
    (value) => (value instanceof Map ? computedText(displayKeys(value)) : null),
    true,
  ),
  ofDocument('json_pretty', LONGTEXT, prettyText),
  ofDocument('json_storage_size', INT, (value) => Buffer.byteLength(storedText(value))),
  ofDocument('json_storage_free', INT, () => 0),
  textFunction('json_quote', [asText], ([text]) => quoteJson(text as string)),
];
