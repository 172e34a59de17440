/** What stands where no value was given, or none that fits, outside of strict mode. */
import type { Value } from '../../tuple/value.ts';
import { type SqlType, ZERO_DATETIME } from '../types/sql-type.ts';
import type { StatementScene } from './scene.ts';

export function isStrict(scene: StatementScene): boolean {
  const mode = scene.functions.sqlMode();
  return mode.has('STRICT_TRANS_TABLES') || mode.has('STRICT_ALL_TABLES') || mode.has('TRADITIONAL');
}

/** What a NOT NULL column without default holds outside of strict mode. */
export function implicitDefault(type: SqlType): Value {
  switch (type.kind) {
    case 'char':
    case 'varchar':
    case 'text':
      return '';
    case 'binary':
      return new Uint8Array(type.length);
    case 'varbinary':
    case 'blob':
    case 'geometry':
      return new Uint8Array(0);
    case 'enum':
      return 1;
    case 'json':
      return 'null';
    case 'datetime':
    case 'timestamp':
      return ZERO_DATETIME;
    default:
      return 0;
  }
}
