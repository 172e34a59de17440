/** Columns that several tables of history share, and the values of a commit in them. */
import type { Commit } from '../../../repo/commit.ts';
import { type Integer, integerOf, type Value } from '../../../tuple/value.ts';
import type { SystemColumn } from '../../catalog/system-table.ts';
import { datetime, type SqlType, TINYINT_1, text } from '../../types/sql-type.ts';

export const TEXT = text();
export const FLAG = TINYINT_1;

export function field(name: string, type: SqlType = TEXT, nullable = false, key?: SystemColumn['key']): SystemColumn {
  return { name, type, nullable, ...(key ? { key } : {}) };
}

/** Milliseconds as a DATETIME. */
export const moment = (milliseconds: number): Integer => integerOf(BigInt(milliseconds) * 1000n);

/** `commit_hash` … `message` of the tables of commits, and their `author` … behind. */
export const committerColumns = (precision: number): SystemColumn[] => [
  field('committer'),
  field('email'),
  field('date', datetime(precision)),
  field('message'),
];
export const authorColumns = (precision: number): SystemColumn[] => [
  field('author'),
  field('author_email'),
  field('author_date', datetime(precision)),
];
export const committerValues = ({ committer, committerDate, message }: Commit): Value[] => [
  committer.name,
  committer.email,
  moment(committerDate),
  message,
];
export const authorValues = ({ author, authorDate }: Commit): Value[] => [
  author.name,
  author.email,
  moment(authorDate),
];
