/**
 * Which changes of a column's type Dolt takes as a rewrite of the table. Rows are equal either way; but a column that is
 * renamed in a rewrite gets a new tag, and keeps its own otherwise, so equal addresses hang on it.
 */
import { collationByName } from '../../tuple/collation.ts';
import { isBytes, isText, type SqlType, sameType } from '../types/sql-type.ts';
import { lobCapacity } from '../types/sql-type-text.ts';

export function rewritesTable(from: SqlType, to: SqlType): boolean {
  if (sameType(from, to)) return false;
  if (isText(from) && isText(to)) {
    const characterSet = (name: string): string | undefined => collationByName(name)?.characterSet;
    if (characterSet(from.collation) !== characterSet(to.collation)) return true;
    return maximumBytes(to) < maximumBytes(from) || from.collation !== to.collation || isLob(from) !== isLob(to);
  }
  if (isBytes(from) && isBytes(to)) {
    return maximumBytes(to) < maximumBytes(from) || isLob(from) !== isLob(to) || to.kind === 'binary';
  }
  if ((from.kind === 'enum' && to.kind === 'enum') || (from.kind === 'set' && to.kind === 'set')) {
    return from.collation !== to.collation || from.members.some((member, i) => to.members[i] !== member);
  }
  return !(from.kind === to.kind && (from.kind === 'datetime' || from.kind === 'timestamp' || from.kind === 'time'));
}

function isLob(type: SqlType): boolean {
  return type.kind === 'text' || type.kind === 'blob';
}

function maximumBytes(type: SqlType): number {
  switch (type.kind) {
    case 'char':
    case 'varchar':
      return type.length * 4;
    case 'binary':
    case 'varbinary':
      return type.length;
    case 'text':
    case 'blob':
      return lobCapacity(type.size);
    default:
      return 0;
  }
}
