/** JSON functions that give a document with something changed, or several as one (MySQL manual, "JSON Functions"). */
import { jsonMember } from '../types/convert-other.ts';
import { computedText, type JsonObject, type JsonValue } from '../types/json-value.ts';
import { jsonPathNoCell, jsonVacuousPath, wrongParameterCount } from '../types/sql-error.ts';
import { COMPUTED_JSON } from '../types/sql-type.ts';
import { asText } from './arguments.ts';
import { documentReader, singlePath } from './json-document.ts';
import { type JsonPath, type PathLeg, position } from './json-path.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

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

export const jsonChangeFunctions: readonly ScalarFunction[] = [
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
  merger('json_merge_preserve', mergePreserve, ['json_merge']),
  merger('json_merge_patch', mergePatch),
];
