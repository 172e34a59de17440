/** Functions by name. The maps are made at the first look-up: a start that calls nothing pays for nothing. */
import type { AggregateFunction } from './aggregate-function.ts';
import { otherAggregates } from './aggregate-other.ts';
import { sumAggregates } from './aggregate-sum.ts';
import { controlFlowFunctions } from './control-flow.ts';
import { currentTimeFunctions } from './current-time.ts';
import { dateArithmeticFunctions } from './date-arithmetic.ts';
import { datePartFunctions } from './date-parts.ts';
import { dateTimeFunctions } from './date-time.ts';
import { encryptionFunctions } from './encryption.ts';
import { geohashFunctions } from './geohash.ts';
import { geoJsonFunctions } from './geojson.ts';
import { gtidFunctions } from './gtid.ts';
import { hashFunctions } from './hash.ts';
import { informationFunctions } from './information.ts';
import { jsonFunctions } from './json.ts';
import { jsonChangeFunctions } from './json-change.ts';
import { jsonSchemaFunctions } from './json-schema.ts';
import { jsonSearchFunctions } from './json-search.ts';
import { jsonValueFunction } from './json-value-call.ts';
import { networkFunctions } from './network.ts';
import { numericFunctions } from './numeric.ts';
import { regexpFunctions } from './regexp.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { spatialFunctions } from './spatial.ts';
import { spatialBoxFunctions } from './spatial-boxes.ts';
import { spatialMeasureFunctions } from './spatial-measures.ts';
import { spatialPartFunctions } from './spatial-parts.ts';
import { spatialRelationFunctions } from './spatial-relations.ts';
import { stringFunctions } from './string.ts';
import { stringByteFunctions } from './string-bytes.ts';
import { stringSearchFunctions } from './string-search.ts';
import { unixTimeFunctions } from './unix-time.ts';
import { uuidFunctions } from './uuid.ts';
import { vectorFunctions } from './vector.ts';
import { weightStringFunction } from './weight-string.ts';

function byName<F extends { readonly name: string; readonly aliases?: readonly string[] }>(
  families: readonly (readonly F[])[],
): Map<string, F> {
  const names = new Map<string, F>();
  for (const family of families) {
    for (const found of family) {
      names.set(found.name, found);
      for (const alias of found.aliases ?? []) names.set(alias, found);
    }
  }
  return names;
}

let scalars: Map<string, ScalarFunction> | undefined;
let aggregates: Map<string, AggregateFunction> | undefined;

export function scalarFunctions(): ReadonlyMap<string, ScalarFunction> {
  scalars ??= byName([
    stringFunctions,
    stringSearchFunctions,
    stringByteFunctions,
    numericFunctions,
    controlFlowFunctions,
    dateTimeFunctions,
    datePartFunctions,
    dateArithmeticFunctions,
    unixTimeFunctions,
    currentTimeFunctions,
    jsonFunctions,
    jsonChangeFunctions,
    jsonSearchFunctions,
    regexpFunctions,
    hashFunctions,
    uuidFunctions,
    informationFunctions,
    networkFunctions,
    spatialFunctions,
    spatialPartFunctions,
    spatialMeasureFunctions,
    spatialRelationFunctions,
    geoJsonFunctions,
    geohashFunctions,
    spatialBoxFunctions,
    vectorFunctions,
    encryptionFunctions,
    gtidFunctions,
    jsonSchemaFunctions,
    [jsonValueFunction],
    [weightStringFunction],
  ]);
  return scalars;
}
export function aggregateFunctions(): ReadonlyMap<string, AggregateFunction> {
  aggregates ??= byName([sumAggregates, otherAggregates]);
  return aggregates;
}

/** Any case. */
export function scalarFunction(name: string): ScalarFunction | undefined {
  return scalarFunctions().get(name.toLowerCase());
}
export function aggregateFunction(name: string): AggregateFunction | undefined {
  return aggregateFunctions().get(name.toLowerCase());
}
