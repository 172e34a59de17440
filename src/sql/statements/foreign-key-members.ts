/** ENUMs and SETs of a foreign key share the numbers of members: a child may have fewer of them than its parent. */
import type { Value } from '../../tuple/value.ts';
import type { SqlType } from '../types/sql-type.ts';

/** Whether columns of these types can hold the values. */
export function hasMembers(types: readonly SqlType[], values: readonly Value[]): boolean {
  return values.every((value, i) => value === null || hasMember(types[i]!, value));
}

function hasMember(type: SqlType, value: Exclude<Value, null>): boolean {
  if (type.kind === 'enum') return Number(value) <= type.members.length;
  return type.kind !== 'set' || BigInt(value as number | bigint) >> BigInt(type.members.length) === 0n;
}
