/** Rows of one version of a table in the columns of another: matched by tag, else by name; converted where types differ. */
import type { TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';
import { storedType } from '../catalog/table-columns.ts';
import { type Convert, conversion } from '../types/convert.ts';

export type MapRow = (row: readonly Value[] | undefined) => Value[];

/** A row that is not there becomes NULLs. */
export function rowMapping(from: TableSchema, to: TableSchema): MapRow {
  const sources = to.columns.map((column): { at: number; convert: Convert | undefined } => {
    let at = from.columns.findIndex(({ tag }) => tag === column.tag);
    if (at < 0) at = from.columnPosition(column.name);
    if (at < 0) return { at, convert: undefined };
    const other = from.columns[at]!;
    if (other.sqlType === column.sqlType) return { at, convert: undefined };
    return { at, convert: conversion(storedType(other.sqlType), storedType(column.sqlType), 'lenient') };
  });
  return (row) =>
    sources.map(({ at, convert }) => {
      const value = row === undefined || at < 0 ? null : row[at]!;
      return value === null || convert === undefined ? value : convert(value, {});
    });
}
