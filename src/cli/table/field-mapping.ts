/** What says which fields of a file are which columns: lists of names, and mapping files. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';

/** The names of a list `a, b, c`. */
export function namesOf(text: string | undefined): string[] | undefined {
  return text?.split(',').map((name) => name.trim());
}

/** Columns by names of fields, from a JSON file. */
export function mappingOf(directory: string, file: string | undefined): ReadonlyMap<string, string> {
  if (file === undefined) return new Map();
  const document = parsedJson(readText(directory, file));
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new DoltError('invalid', `${file}: expected {"field of the file": "column of the table"}`);
  }
  return new Map(Object.entries(document).map(([field, column]) => [field, String(column)]));
}

/** Undefined for text that is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Throws `notFound`. */
export function readText(directory: string, file: string): string {
  try {
    return readFileSync(resolve(directory, file), 'utf8');
  } catch (cause) {
    throw new DoltError('notFound', `cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}
