/** information_schema.KEYWORDS: the words that are reserved. The others that mean something somewhere are not listed. */
import { reservedWords } from '../syntax/reserved-words.ts';
import { schemaTable } from './schema-table.ts';

export const table = schemaTable('KEYWORDS', 'WORD:v128 RESERVED:I', () =>
  [...reservedWords].map((word) => [word.toUpperCase(), 1]),
);
