/** Spatial functions that make geometries, from text, bytes and others, and those that write them out. */
import type { Value } from '../../tuple/value.ts';
import type { Expression } from '../expressions/expression.ts';
import { DOUBLE, type GeometryShape, LONGBLOB, LONGTEXT, UNSIGNED_INT } from '../types/sql-type.ts';
import { type Geometry, isRing, type Position, readWkb, sridOf, writeGeometry, writeWkb } from '../types/wkb.ts';
import { asBytes, asDouble, asInteger, asIs, asText, simple } from './arguments.ts';
import { formatWkt, GEOGRAPHIC, invalidGeometry, parseWkt, swapped } from './geometry.ts';
import { axisOrdered, checkedSrid, geometryOf, geometryType } from './geometry-arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

/** ST_GeomFromText and its typed forms: text (or WKB), SRID, options. */
function maker(
  name: string,
  aliases: readonly string[],
  shape: GeometryShape,
  convert: (argument: Expression) => Expression,
  parse: (value: Value) => Geometry | undefined,
): ScalarFunction {
  return simple(
    name,
    [convert, asInteger, asText],
    geometryType(shape),
    ([value, srid, options]) => {
      const found = parse(value!);
      if (found === undefined || (shape !== 'geometry' && found.shape !== shape)) throw invalidGeometry(name);
      const system = checkedSrid(srid);
      const isLongFirst = options !== undefined && /axis-order\s*=\s*long-lat/i.test(options as string);
      return writeGeometry(system === GEOGRAPHIC && !isLongFirst ? swapped(found) : found, system);
    },
    { optional: 2, aliases },
  );
}

const ofText = (name: string, shape: GeometryShape, aliases: readonly string[] = []) =>
  maker(name, aliases, shape, asText, (value) => parseWkt(value as string));
const ofWkb = (name: string, shape: GeometryShape, aliases: readonly string[] = []) =>
  maker(name, aliases, shape, asBytes, (value) => readWkb(value as Uint8Array, 0));

/** POINT's collections: LINESTRING(points), POLYGON(lines), MULTI…(members). */
function collector(
  name: string,
  shape: Geometry['shape'],
  wanted: Geometry['shape'] | undefined,
  aliases: readonly string[] = [],
): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: name === 'geometrycollection' ? 0 : 1,
    maxArguments: Number.POSITIVE_INFINITY,
    bind: () => ({
      type: geometryType(shape),
      apply: (args) => {
        const members = args.map((value) => geometryOf(value, name));
        if (wanted !== undefined && members.some((member) => member.shape !== wanted)) throw invalidGeometry(name);
        const made = collected(shape, members);
        if (made.shape === 'linestring' && made.positions.length < 2) throw invalidGeometry(name);
        if (made.shape === 'polygon' && !made.rings.every(isRing)) throw invalidGeometry(name);
        return writeGeometry(made, 0);
      },
    }),
  };
}

function collected(shape: Geometry['shape'], members: readonly Geometry[]): Geometry {
  const positions = (member: Geometry): readonly Position[] => (member.shape === 'linestring' ? member.positions : []);
  switch (shape) {
    case 'point':
      return members[0]!;
    case 'linestring':
      return { shape, positions: members.map((member) => (member as { position: Position }).position) };
    case 'polygon':
      return { shape, rings: members.map(positions) };
    default:
      return { shape, members };
  }
}

/** ST_X and ST_Y: read, or with a second argument changed. */
function ordinate(name: string, axis: 0 | 1, aliases: readonly string[] = []): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: 1,
    maxArguments: 2,
    bind([point, replacement]) {
      const position = (value: Value): Position => {
        const found = geometryOf(value, name);
        if (found.shape !== 'point') throw invalidGeometry(name);
        return found.position;
      };
      // X is the first axis of the reference system; latitude in SRID 4326.
      const at = (value: Value) => (sridOf(value as Uint8Array) === GEOGRAPHIC ? 1 - axis : axis);
      if (replacement === undefined)
        return { type: DOUBLE, args: [point!], apply: ([value]) => position(value!)[at(value!)]! };
      return {
        type: geometryType('point'),
        args: [point!, asDouble(replacement)],
        apply: ([value, number]) => {
          const [x, y] = position(value!);
          const changed: Position = at(value!) === 0 ? [number as number, y] : [x, number as number];
          return writeGeometry({ shape: 'point', position: changed }, sridOf(value as Uint8Array));
        },
      };
    },
  };
}

export const spatialFunctions: readonly ScalarFunction[] = [
  ofText('st_geomfromtext', 'geometry', ['st_geometryfromtext']),
  ofText('st_pointfromtext', 'point'),
  ofText('st_linefromtext', 'linestring', ['st_linestringfromtext']),
  ofText('st_polyfromtext', 'polygon', ['st_polygonfromtext']),
  ofText('st_mpointfromtext', 'multipoint', ['st_multipointfromtext']),
  ofText('st_mlinefromtext', 'multilinestring', ['st_multilinestringfromtext']),
  ofText('st_mpolyfromtext', 'multipolygon', ['st_multipolygonfromtext']),
  ofText('st_geomcollfromtext', 'geometrycollection', ['st_geometrycollectionfromtext', 'st_geomcollfromtxt']),
  ofWkb('st_geomfromwkb', 'geometry', ['st_geometryfromwkb']),
  ofWkb('st_pointfromwkb', 'point'),
  ofWkb('st_linefromwkb', 'linestring', ['st_linestringfromwkb']),
  ofWkb('st_polyfromwkb', 'polygon', ['st_polygonfromwkb']),
  ofWkb('st_mpointfromwkb', 'multipoint', ['st_multipointfromwkb']),
  ofWkb('st_mlinefromwkb', 'multilinestring', ['st_multilinestringfromwkb']),
  ofWkb('st_mpolyfromwkb', 'multipolygon', ['st_multipolygonfromwkb']),
  ofWkb('st_geomcollfromwkb', 'geometrycollection', ['st_geometrycollectionfromwkb']),
  simple('point', [asDouble, asDouble], geometryType('point'), ([x, y]) =>
    writeGeometry({ shape: 'point', position: [x as number, y as number] }, 0),
  ),
  collector('linestring', 'linestring', 'point'),
  collector('polygon', 'polygon', 'linestring'),
  collector('multipoint', 'multipoint', 'point'),
  collector('multilinestring', 'multilinestring', 'linestring'),
  collector('multipolygon', 'multipolygon', 'polygon'),
  collector('geometrycollection', 'geometrycollection', undefined, ['geomcollection']),
  simple('st_astext', [asIs], LONGTEXT, ([value]) => formatWkt(axisOrdered(value!, 'st_astext')), {
    aliases: ['st_aswkt'],
  }),
  simple('st_asbinary', [asIs], LONGBLOB, ([value]) => writeWkb(axisOrdered(value!, 'st_asbinary')), {
    aliases: ['st_aswkb'],
  }),
  ordinate('st_x', 0),
  ordinate('st_y', 1),
  ordinate('st_latitude', 0),
  ordinate('st_longitude', 1),
  simple('st_swapxy', [asIs], geometryType('geometry'), ([value]) =>
    writeGeometry(swapped(geometryOf(value!, 'st_swapxy')), sridOf(value as Uint8Array)),
  ),
  {
    name: 'st_srid',
    minArguments: 1,
    maxArguments: 2,
    bind([value, srid]) {
      if (srid === undefined) {
        return {
          type: UNSIGNED_INT,
          apply: ([geometry]) => {
            geometryOf(geometry!, 'st_srid');
            return sridOf(geometry as Uint8Array);
          },
        };
      }
      return {
        type: value!.type.kind === 'geometry' ? geometryType(value!.type.shape) : geometryType('geometry'),
        args: [value!, asInteger(srid)],
        apply: ([geometry, system]) => writeGeometry(geometryOf(geometry!, 'st_srid'), checkedSrid(system)),
      };
    },
  },
];
