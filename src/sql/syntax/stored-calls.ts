/**
 * How Dolt 2.3.1 spells calls in stored expressions, where that is not `name(a,b)` in lower case: aliases are replaced,
 * some arguments that were left out are filled in, and a few families have capitals or a blank after the comma.
 */
export interface StoredCall {
  readonly name: string;
  /** Between arguments. */
  readonly separator: ',' | ', ';
  /** Texts of the arguments that follow the written ones; from this many on, `fill[n]` stands for argument n. */
  readonly fill?: readonly string[];
  /** How many arguments are printed at most. */
  readonly most?: number;
}

const calls = new Map<string, StoredCall>();

const spaced = (name: string, ...functions: readonly string[]): void => {
  for (const spelling of functions) calls.set(spelling, { name, separator: ', ' });
};
const renamed = (name: string, ...functions: readonly string[]): void => {
  for (const spelling of functions) calls.set(spelling, { name, separator: ',' });
};

for (const name of [
  'char',
  'date_format',
  'export_set',
  'get_lock',
  'gtid_subtract',
  'ifnull',
  'insert',
  'json_extract',
  'json_overlaps',
  'least',
  'lpad',
  'make_set',
  'repeat',
  'replace',
  'rpad',
]) {
  spaced(name, name);
}
for (const name of [
  'bin_to_uuid',
  'datediff',
  'distance',
  'from_unixtime',
  'instr',
  'left',
  'right',
  'substring_index',
  'uuid_to_bin',
  'vec_distance_cosine',
  'vec_distance_euclidean',
  'vec_distance_l2_squared',
]) {
  spaced(name.toUpperCase(), name);
}
for (const name of [
  'date',
  'dayofweek',
  'dayofyear',
  'microsecond',
  'monthname',
  'st_geomfromgeojson',
  'st_latitude',
  'st_longitude',
  'st_srid',
  'st_x',
  'st_y',
  'time',
  'time_to_sec',
  'uuid_short',
  'weekofyear',
]) {
  renamed(name.toUpperCase(), name);
}
spaced('SUBSTRING', 'substring', 'substr', 'mid');
spaced('power', 'power', 'pow');
spaced('VEC_DISTANCE_L2_SQUARED', 'vec_distance');
renamed('STRING_TO_VECTOR', 'string_to_vector', 'to_vector', 'vec_fromtext');
renamed('VECTOR_TO_STRING', 'vector_to_string', 'from_vector', 'vec_totext');
renamed('ceil', 'ceiling');
renamed('char_length', 'character_length');
renamed('database', 'schema');
renamed('datetime', 'timestamp');
renamed('day', 'dayofmonth');
renamed('json_merge_preserve', 'json_merge');
renamed('length', 'octet_length');
renamed('locate', 'position');
renamed('lower', 'lcase');
renamed('sha1', 'sha');
renamed('upper', 'ucase');
renamed('st_aswkb', 'st_asbinary', 'st_astext', 'st_aswkt');
renamed('st_geomfromtext', 'st_geometryfromtext');
renamed('st_geomfromwkb', 'st_geometryfromwkb');
renamed('st_linefromtext', 'st_linestringfromtext', 'st_multilinestringfromtext');
renamed('st_linefromwkb', 'st_linestringfromwkb');
renamed('st_mlinefromwkb', 'st_multilinestringfromwkb');
renamed('st_mpointfromtext', 'st_multipointfromtext');
renamed('st_mpointfromwkb', 'st_multipointfromwkb');
renamed('st_mpolyfromtext', 'st_multipolygonfromtext', 'st_geomcollfromtext', 'st_geomcollfromtxt');
renamed('st_mpolyfromtext', 'st_geometrycollectionfromtext');
renamed('st_mpolyfromwkb', 'st_multipolygonfromwkb', 'st_geomcollfromwkb', 'st_geometrycollectionfromwkb');
renamed('st_numinteriorrings', 'st_numinteriorring');
renamed('st_polyfromtext', 'st_polygonfromtext');
renamed('st_polyfromwkb', 'st_polygonfromwkb');
calls.set('atan', { name: 'atan', separator: ', ', fill: ['', '1'] });
calls.set('atan2', { name: 'atan', separator: ', ', fill: ['', '1'] });
calls.set('json_keys', { name: 'json_keys', separator: ', ', fill: ['', "'$'"] });
calls.set('json_length', { name: 'json_length', separator: ',', most: 1 });
calls.set('json_search', { name: 'json_search', separator: ', ', fill: ['', '', '', 'NULL', 'NULL'] });
calls.set('json_value', { name: 'json_value', separator: ', ', fill: ['', "'$'"] });
calls.set('regexp_instr', { name: 'regexp_instr', separator: ',', fill: ['', '', '1', '1', '0'] });
calls.set('regexp_replace', { name: 'regexp_replace', separator: ',', fill: ['', '', '', '1', '0'] });
calls.set('regexp_substr', { name: 'regexp_substr', separator: ',', fill: ['', '', '1', '1'] });
calls.set('round', { name: 'round', separator: ',', fill: ['', '0'] });
calls.set('week', { name: 'WEEK', separator: ', ', fill: ['', '0'], most: 2 });
for (const name of ['curtime', 'current_time']) calls.set(name, { name: 'CURRENT_TIME', separator: ',', fill: ['0'] });
calls.set('utc_timestamp', { name: 'UTC_TIMESTAMP', separator: ',', fill: ['0'] });
for (const name of ['current_timestamp', 'localtime', 'localtimestamp']) {
  calls.set(name, { name: 'NOW', separator: ',', fill: ['0'] });
}
calls.set('now', { name: 'NOW', separator: ',' });
calls.set('sysdate', { name: 'NOW', separator: ',' });

/** `name` is lower case. */
export function storedCall(name: string): StoredCall {
  return calls.get(name) ?? { name, separator: ',' };
}
