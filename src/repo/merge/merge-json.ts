/**
 * Three-way merge of JSON documents: objects merge member by member, everything else is one value. Undefined where both
 * sides changed one value differently.
 */
import { type JsonObject, type JsonValue, parseJson, printJson } from '../../tuple/json-text.ts';

/** The merged canonical text, or undefined on a conflict. */
export function mergeJson(base: string, ours: string, theirs: string): string | undefined {
  const merged = mergeValues(parseJson(base), parseJson(ours), parseJson(theirs));
  return merged === undefined || merged === CONFLICT ? undefined : printJson(merged);
}

const CONFLICT = Symbol('conflict');
/** Undefined is a member that is not there. */
type Member = JsonValue | undefined;

function mergeValues(base: Member, ours: Member, theirs: Member): Member | typeof CONFLICT {
  if (isEqual(ours, theirs)) return ours;
  if (isEqual(base, ours)) return theirs;
  if (isEqual(base, theirs)) return ours;
  if (!isObject(base) || !isObject(ours) || !isObject(theirs)) return CONFLICT;
  const merged = new Map<string, JsonValue>();
  for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
    const member = mergeValues(base.get(name), ours.get(name), theirs.get(name));
    if (member === CONFLICT) return CONFLICT;
    if (member !== undefined) merged.set(name, member);
  }
  return merged;
}

function isObject(value: Member): value is JsonObject {
  return value instanceof Map;
}

function isEqual(a: Member, b: Member): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || printJson(a) === printJson(b);
}
