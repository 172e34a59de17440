/**
 * JSON functions that make documents and say what one is (MySQL manual, "JSON Functions"). Documents are trees inside and
 * computed text outside.
 */
import type { Value } from '../../tuple/value.ts';
import { jsonMember } from '../types/convert-other.ts';
import { textReader } from '../types/convert-text.ts';
import {
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
import { invalidJsonArgument, jsonNullKey, wrongParameterCount } from '../types/sql-error.ts';
import { BOOLEAN, COMPUTED_JSON, INT, isBytes, isText, LONGTEXT, type SqlType } from '../types/sql-type.ts';
import { asText, textFunction } from './arguments.ts';
import { documentReader, singlePath } from './json-document.ts';
import { matches } from './json-path.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

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

export const jsonFunctions: readonly ScalarFunction[] = [
  jsonArray,
  jsonObject,
  unquote,
  valid,
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
