/**
 * JSON_SCHEMA_VALID and JSON_SCHEMA_VALIDATION_REPORT: documents against schemas of draft 4 (MySQL manual, "JSON Schema
 * Validation Functions"). References lead within the schema only.
 */
import type { Value } from '../../tuple/value.ts';
import { compareJson, computedText, JsonDecimal, type JsonObject, type JsonValue } from '../types/json-value.ts';
import { notSupported, SqlError } from '../types/sql-error.ts';
import { BOOLEAN, COMPUTED_JSON, type SqlType } from '../types/sql-type.ts';
import { documentReader } from './json-document.ts';
import { compileRegexp, type Regexp } from './regexp.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';
import { lengthOf } from './text.ts';

/** What of a document fails what of a schema; both places are JSON pointers. */
interface Failure {
  readonly schema: string;
  readonly document: string;
  readonly keyword: string;
}

const MAX_DEPTH = 200;

const isNumber = (value: JsonValue | undefined): boolean =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonDecimal;
const numberOf = (value: JsonValue | undefined): number | undefined =>
  isNumber(value) ? Number(value instanceof JsonDecimal ? value.text : value) : undefined;
const objectOf = (value: JsonValue | undefined): JsonObject | undefined => (value instanceof Map ? value : undefined);
const listOf = (value: JsonValue | undefined): readonly JsonValue[] | undefined =>
  Array.isArray(value) ? value : undefined;

function hasType(value: JsonValue, type: JsonValue): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'object':
      return value instanceof Map;
    case 'array':
      return Array.isArray(value);
    case 'number':
      return isNumber(value);
    case 'integer':
      return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
    case 'string':
      return typeof value === 'string';
    default:
      return true;
  }
}

const pointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

class Validator {
  readonly #root: JsonValue;
  readonly #patterns = new Map<string, Regexp>();
  constructor(root: JsonValue) {
    this.#root = root;
  }

  validate(schema: JsonValue, value: JsonValue, at: string, place: string, depth = 0): Failure | undefined {
    if (!(schema instanceof Map)) return undefined;
    if (depth > MAX_DEPTH) throw new SqlError(3157, '22032', 'The JSON document exceeds the maximum depth.');
    const reference = schema.get('$ref');
    if (typeof reference === 'string') {
      return this.validate(this.#find(reference), value, reference, place, depth + 1);
    }
    const checks = [this.#general, this.#number, this.#string, this.#array, this.#object, this.#combined];
    for (const check of checks) {
      const failure = check.call(this, schema, value, at, place, depth);
      if (failure !== undefined)
        return typeof failure === 'string' ? { schema: at, document: place, keyword: failure } : failure;
    }
    return undefined;
  }

  #find(reference: string): JsonValue {
    if (!reference.startsWith('#')) throw notSupported('references to external resources in JSON Schema');
    let found: JsonValue | undefined = this.#root;
    for (const part of decodeURIComponent(reference.slice(1)).split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      found = Array.isArray(found) ? found[Number(name)] : objectOf(found)?.get(name);
    }
    return found ?? null;
  }

  #matches(pattern: string, text: string): boolean {
    let regexp = this.#patterns.get(pattern);
    if (regexp === undefined) {
      regexp = compileRegexp(pattern, 'c', false);
      this.#patterns.set(pattern, regexp);
    }
    return regexp.exec(text, 0) !== null;
  }

  #general(schema: JsonObject, value: JsonValue): string | undefined {
    const type = schema.get('type');
    if (type !== undefined && !(listOf(type) ?? [type]).some((each) => hasType(value, each))) return 'type';
    const members = listOf(schema.get('enum'));
    return members?.every((member) => compareJson(member, value) !== 0) ? 'enum' : undefined;
  }

  #number(schema: JsonObject, value: JsonValue): string | undefined {
    const number = numberOf(value);
    if (number === undefined) return undefined;
    const [most, least] = [numberOf(schema.get('maximum')), numberOf(schema.get('minimum'))];
    if (most !== undefined && (number > most || (number === most && schema.get('exclusiveMaximum') === true))) {
      return number > most ? 'maximum' : 'exclusiveMaximum';
    }
    if (least !== undefined && (number < least || (number === least && schema.get('exclusiveMinimum') === true))) {
      return number < least ? 'minimum' : 'exclusiveMinimum';
    }
    const divisor = numberOf(schema.get('multipleOf'));
    return divisor !== undefined && divisor > 0 && !Number.isInteger(number / divisor) ? 'multipleOf' : undefined;
  }

  #string(schema: JsonObject, value: JsonValue): string | undefined {
    if (typeof value !== 'string') return undefined;
    const outside = outsideOf(schema, lengthOf(value), 'maxLength', 'minLength');
    if (outside !== undefined) return outside;
    const pattern = schema.get('pattern');
    return typeof pattern === 'string' && !this.#matches(pattern, value) ? 'pattern' : undefined;
  }

  #array(schema: JsonObject, value: JsonValue, at: string, place: string, depth: number): Failure | string | undefined {
    if (!Array.isArray(value)) return undefined;
    const outside = outsideOf(schema, value.length, 'maxItems', 'minItems');
    if (outside !== undefined) return outside;
    if (schema.get('uniqueItems') === true) {
      const sorted = [...value].sort(compareJson);
      if (sorted.some((item, i) => i > 0 && compareJson(item, sorted[i - 1]!) === 0)) return 'uniqueItems';
    }
    const items = schema.get('items');
    const tuple = listOf(items);
    const more = schema.get('additionalItems');
    if (tuple !== undefined && more === false && value.length > tuple.length) return 'additionalItems';
    for (const [i, item] of value.entries()) {
      const isExtra = tuple !== undefined && i >= tuple.length;
      const inner = tuple === undefined ? items : isExtra ? more : tuple[i];
      const path = tuple === undefined ? `${at}/items` : isExtra ? `${at}/additionalItems` : `${at}/items/${i}`;
      const failure = inner === undefined ? undefined : this.validate(inner, item, path, `${place}/${i}`, depth + 1);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  #object(
    schema: JsonObject,
    value: JsonValue,
    at: string,
    place: string,
    depth: number,
  ): Failure | string | undefined {
    if (!(value instanceof Map)) return undefined;
    const outside = outsideOf(schema, value.size, 'maxProperties', 'minProperties');
    if (outside !== undefined) return outside;
    const required = listOf(schema.get('required')) ?? [];
    if (required.some((name) => typeof name === 'string' && !value.has(name))) return 'required';
    const properties = objectOf(schema.get('properties'));
    const patterns = objectOf(schema.get('patternProperties'));
    const others = schema.get('additionalProperties');
    for (const [name, member] of value) {
      const schemas: (readonly [JsonValue, string])[] = [];
      if (properties?.has(name)) schemas.push([properties.get(name)!, `properties/${pointer(name)}`]);
      for (const [pattern, inner] of patterns ?? []) {
        if (this.#matches(pattern, name)) schemas.push([inner, `patternProperties/${pointer(pattern)}`]);
      }
      if (schemas.length === 0 && others !== undefined) {
        if (others === false) return 'additionalProperties';
        schemas.push([others, 'additionalProperties']);
      }
      for (const [inner, path] of schemas) {
        const failure = this.validate(inner, member, `${at}/${path}`, `${place}/${pointer(name)}`, depth + 1);
        if (failure !== undefined) return failure;
      }
    }
    for (const [name, needs] of objectOf(schema.get('dependencies')) ?? []) {
      if (!value.has(name)) continue;
      if (listOf(needs)?.some((other) => typeof other === 'string' && !value.has(other))) return 'dependencies';
      const failure = this.validate(needs, value, `${at}/dependencies/${pointer(name)}`, place, depth + 1);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  #combined(
    schema: JsonObject,
    value: JsonValue,
    at: string,
    place: string,
    depth: number,
  ): Failure | string | undefined {
    const check = (inner: JsonValue, path: string) => this.validate(inner, value, `${at}/${path}`, place, depth + 1);
    for (const [i, inner] of (listOf(schema.get('allOf')) ?? []).entries()) {
      const failure = check(inner, `allOf/${i}`);
      if (failure !== undefined) return failure;
    }
    const passing = (keyword: string) =>
      listOf(schema.get(keyword))?.filter((inner, i) => check(inner, `${keyword}/${i}`) === undefined).length;
    if (passing('anyOf') === 0) return 'anyOf';
    const one = passing('oneOf');
    if (one !== undefined && one !== 1) return 'oneOf';
    const not = schema.get('not');
    return not !== undefined && check(not, 'not') === undefined ? 'not' : undefined;
  }
}

/** The keyword that a size breaks. */
function outsideOf(schema: JsonObject, size: number, most: string, least: string): string | undefined {
  if (size > (numberOf(schema.get(most)) ?? size)) return most;
  return size < (numberOf(schema.get(least)) ?? size) ? least : undefined;
}

function report(failure: Failure | undefined): JsonValue {
  if (failure === undefined) return new Map([['valid', true]]);
  const { schema, document, keyword } = failure;
  return new Map<string, JsonValue>([
    ['valid', false],
    [
      'reason',
      `The JSON document location '${document}' failed requirement '${keyword}' at JSON Schema location '${schema}'`,
    ],
    ['schema-location', schema],
    ['document-location', document],
    ['schema-failed-keyword', keyword],
  ]);
}

function validation(name: string, type: SqlType, result: (failure: Failure | undefined) => Value): ScalarFunction {
  return {
    name,
    minArguments: 2,
    maxArguments: 2,
    bind([schema, document]): Signature {
      const readSchema = documentReader(schema!, 1, name);
      const readDocument = documentReader(document!, 2, name);
      return {
        type,
        apply: ([schemaValue, value]) => {
          const root = readSchema(schemaValue!);
          if (!(root instanceof Map)) {
            throw new SqlError(
              3853,
              '22032',
              `Invalid JSON type in argument 1 to function ${name}; an object is required.`,
            );
          }
          return result(new Validator(root).validate(root, readDocument(value!), '#', '#'));
        },
      };
    },
  };
}

export const jsonSchemaFunctions: readonly ScalarFunction[] = [
  validation('json_schema_valid', BOOLEAN, (failure) => (failure === undefined ? 1 : 0)),
  validation('json_schema_validation_report', COMPUTED_JSON, (failure) => computedText(report(failure))),
];
