/** Documents and paths as arguments of JSON functions. */
import type { Value } from '../../tuple/value.ts';
import type { Expression } from '../expressions/expression.ts';
import { jsonMember } from '../types/convert-other.ts';
import { textReader } from '../types/convert-text.ts';
import { type JsonValue, parseJson } from '../types/json-value.ts';
import { invalidJsonArgument, invalidJsonType, jsonPathWildcard } from '../types/sql-error.ts';
import { isBytes, isText } from '../types/sql-type.ts';
import { type JsonPath, parsePath } from './json-path.ts';

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

/** Throws ER_INVALID_JSON_PATH_WILDCARD. */
export function singlePath(text: Value): JsonPath {
  const path = parsePath(text as string);
  if (path.isMultiple) throw jsonPathWildcard();
  return path;
}
