/**
 * `dolt_json_diff(from, to)` in FROM: where two documents differ, in the order of their keys. Documents differ in the members
 * and cells that one of them lacks, and in values that are not equal; where a type changed, the value is shown as a whole.
 * NULL counts as the document `null`, as in Dolt.
 */
import type { Value } from '../../tuple/value.ts';
import { byBytes, compareJson, computedText, type JsonValue } from '../types/json-value.ts';
import { memberPath } from './json-path.ts';

/** `diff_type`, `path`, `from_value`, `to_value`. */
export function* jsonDiff(from: JsonValue, to: JsonValue, path = '$'): Generator<Value[], void, void> {
  if (Array.isArray(from) && Array.isArray(to)) {
    for (let at = 0; at < Math.max(from.length, to.length); at++) yield* part(from[at], to[at], `${path}[${at}]`);
  } else if (from instanceof Map && to instanceof Map) {
    for (const key of byBytes(new Map([...from, ...to]))) {
      yield* part(from.get(key), to.get(key), memberPath(path, key));
    }
  } else if (compareJson(from, to) !== 0) yield ['modified', path, computedText(from), computedText(to)];
}

/** A member or cell of both, or of one of them. */
function* part(from: JsonValue | undefined, to: JsonValue | undefined, path: string): Generator<Value[], void, void> {
  if (from === undefined) yield ['added', path, null, computedText(to!)];
  else if (to === undefined) yield ['removed', path, computedText(from), null];
  else yield* jsonDiff(from, to, path);
}
