/** JSON functions that look for something in a document (MySQL manual, "JSON Functions"). */
import type { Value } from '../../tuple/value.ts';
import { coerce } from '../expressions/coerce.ts';
import type { Expression } from '../expressions/expression.ts';
import { likeMatcher } from '../expressions/like-pattern.ts';
import { jsonMember } from '../types/convert-other.ts';
import { compareJson, computedText, type JsonValue } from '../types/json-value.ts';
import { jsonOneOrAll } from '../types/sql-error.ts';
import { BOOLEAN, COMPUTED_JSON, isBytes, isText } from '../types/sql-type.ts';
import { asText } from './arguments.ts';
import { documentReader, singlePath } from './json-document.ts';
import { matches, parsePath, walkPath } from './json-path.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

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

export const jsonSearchFunctions: readonly ScalarFunction[] = [
  extract,
  search,
  containsPath,
  ofTwo('json_contains', contains, true),
  ofTwo('json_overlaps', overlaps, false),
  memberOf,
];
