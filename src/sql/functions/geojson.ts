/** GeoJSON (RFC 7946) to and from geometries (MySQL manual, "Spatial GeoJSON Functions"). Longitude comes first, as stored. */
import type { Value } from '../../tuple/value.ts';
import { computedText, type JsonObject, type JsonValue } from '../types/json-value.ts';
import { SqlError, wrongArguments } from '../types/sql-error.ts';
import { COMPUTED_JSON } from '../types/sql-type.ts';
import { type Geometry, type Position, sridOf, writeGeometry } from '../types/wkb.ts';
import { asInteger, count } from './arguments.ts';
import { GEOGRAPHIC } from './geometry.ts';
import { checkedSrid, geometryOf, geometryType } from './geometry-arguments.ts';
import { documentReader } from './json-document.ts';
import { boxOf } from './plane.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

const NAMES: Readonly<Record<Geometry['shape'], string>> = {
  point: 'Point',
  linestring: 'LineString',
  polygon: 'Polygon',
  multipoint: 'MultiPoint',
  multilinestring: 'MultiLineString',
  multipolygon: 'MultiPolygon',
  geometrycollection: 'GeometryCollection',
};
const MEMBERS = { MultiPoint: 'Point', MultiLineString: 'LineString', MultiPolygon: 'Polygon' } as const;

function rounded(value: number, digits: number): number {
  if (digits > 16) return value;
  const text = value.toFixed(digits);
  return Number(text) + 0;
}

function coordinatesOf(geometry: Geometry, digits: number): JsonValue {
  const position = ([x, y]: Position): JsonValue => [rounded(x, digits), rounded(y, digits)];
  switch (geometry.shape) {
    case 'point':
      return position(geometry.position);
    case 'linestring':
      return geometry.positions.map(position);
    case 'polygon':
      return geometry.rings.map((ring) => ring.map(position));
    default:
      return geometry.members.map((member) => coordinatesOf(member, digits));
  }
}

function toGeoJson(geometry: Geometry, digits: number): JsonObject {
  const object: JsonObject = new Map([['type', NAMES[geometry.shape]]]);
  if (geometry.shape === 'geometrycollection') {
    object.set(
      'geometries',
      geometry.members.map((member) => toGeoJson(member, digits)),
    );
  } else object.set('coordinates', coordinatesOf(geometry, digits));
  return object;
}

function boundingBox(geometry: Geometry): JsonValue | undefined {
  const box = boxOf(geometry);
  return box && [box.left, box.low, box.right, box.high];
}

/** Options: 1 adds a bounding box, 2 a short name of the reference system, 4 a long one. */
const asGeoJson: ScalarFunction = {
  name: 'st_asgeojson',
  minArguments: 1,
  maxArguments: 3,
  bind: ([geometry, ...numbers]): Signature => ({
    type: COMPUTED_JSON,
    args: [geometry!, ...numbers.map(asInteger)],
    apply: ([value, digits, options]) => {
      const found = geometryOf(value!, 'st_asgeojson');
      const places = digits === undefined ? Number.POSITIVE_INFINITY : count(digits);
      const flags = options === undefined ? 0 : count(options);
      if (places < 0 || flags < 0 || flags > 7) throw wrongArguments('st_asgeojson');
      const object = toGeoJson(found, places);
      const box = flags & 1 ? boundingBox(found) : undefined;
      if (box !== undefined) object.set('bbox', box);
      const srid = sridOf(value as Uint8Array);
      if (srid !== 0 && flags & 6) {
        const name = flags & 4 ? `urn:ogc:def:crs:EPSG::${srid}` : `EPSG:${srid}`;
        const properties: JsonObject = new Map([['name', name]]);
        object.set('crs', new Map<string, JsonValue>([['type', 'name']]).set('properties', properties));
      }
      return computedText(object);
    },
  }),
};

const NAME = 'st_geomfromgeojson';
const missing = (member: string) =>
  new SqlError(3072, 'HY000', `Invalid GeoJSON data provided to function ${NAME}: Missing required member '${member}'`);
const wrongType = (member: string, type: string) =>
  new SqlError(
    3073,
    'HY000',
    `Invalid GeoJSON data provided to function ${NAME}: Member '${member}' must be of type '${type}'`,
  );
const invalid = () => new SqlError(3074, 'HY000', `Invalid GeoJSON data provided to function ${NAME}`);

function list(value: JsonValue | undefined, least: number): readonly JsonValue[] {
  if (!Array.isArray(value)) throw wrongType('coordinates', 'array');
  if (value.length < least) throw invalid();
  return value;
}

class GeoJsonReader {
  readonly #refusesHeights: boolean;
  constructor(refusesHeights: boolean) {
    this.#refusesHeights = refusesHeights;
  }

  /** Undefined for a null geometry. */
  geometry(value: JsonValue): Geometry | undefined {
    if (value === null) return undefined;
    if (!(value instanceof Map)) throw wrongType('geometry', 'object');
    const type = value.get('type');
    if (type === undefined) throw missing('type');
    if (typeof type !== 'string') throw wrongType('type', 'string');
    switch (type) {
      case 'Feature':
        if (!value.has('geometry')) throw missing('geometry');
        return this.geometry(value.get('geometry')!);
      case 'FeatureCollection':
        return this.#collection(value.get('features'), 'features');
      case 'GeometryCollection':
        return this.#collection(value.get('geometries'), 'geometries');
      default:
        if (!value.has('coordinates')) throw missing('coordinates');
        return this.#shape(type, value.get('coordinates')!);
    }
  }

  #collection(value: JsonValue | undefined, member: string): Geometry {
    if (value === undefined) throw missing(member);
    if (!Array.isArray(value)) throw wrongType(member, 'array');
    const members = value.map((item) => this.geometry(item)).filter((item) => item !== undefined);
    return { shape: 'geometrycollection', members };
  }

  #shape(type: string, value: JsonValue): Geometry {
    switch (type) {
      case 'Point':
        return { shape: 'point', position: this.#position(value) };
      case 'LineString':
        return { shape: 'linestring', positions: list(value, 2).map((item) => this.#position(item)) };
      case 'Polygon':
        return { shape: 'polygon', rings: list(value, 1).map((ring) => this.#ring(ring)) };
      case 'MultiPoint':
      case 'MultiLineString':
      case 'MultiPolygon': {
        const members = list(value, 1).map((item) => this.#shape(MEMBERS[type], item));
        return { shape: type.toLowerCase() as 'multipoint' | 'multilinestring' | 'multipolygon', members };
      }
      default:
        throw invalid();
    }
  }

  #ring(value: JsonValue): Position[] {
    const ring = list(value, 4).map((item) => this.#position(item));
    if (String(ring[0]) !== String(ring.at(-1))) throw invalid();
    return ring;
  }

  #position(value: JsonValue): Position {
    const [x, y, ...more] = list(value, 2);
    if (typeof x !== 'number' || typeof y !== 'number') throw wrongType('coordinates', 'array of numbers');
    if (more.length > 0 && this.#refusesHeights) {
      throw new SqlError(
        3075,
        'HY000',
        `Unsupported number of coordinate dimensions in function ${NAME}: Found ${more.length + 2}, expected 2`,
      );
    }
    return [x, y];
  }
}

/** Option 1 refuses coordinates beyond two dimensions; 2, 3 and 4 drop them. The reference system is 4326 by default. */
const fromGeoJson: ScalarFunction = {
  name: NAME,
  minArguments: 1,
  maxArguments: 3,
  bind([document, ...numbers]): Signature {
    const read = documentReader(document!, 1, NAME);
    return {
      type: geometryType('geometry'),
      args: [document!, ...numbers.map(asInteger)],
      nullable: true,
      apply: ([value, options, srid]): Value => {
        const option = options === undefined ? 1 : count(options);
        if (option < 1 || option > 4) throw wrongArguments(NAME);
        const found = new GeoJsonReader(option === 1).geometry(read(value!));
        if (found === undefined) return null;
        return writeGeometry(found, srid === undefined ? GEOGRAPHIC : checkedSrid(srid));
      },
    };
  },
};

export const geoJsonFunctions: readonly ScalarFunction[] = [asGeoJson, fromGeoJson];
