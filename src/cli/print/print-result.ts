/** Chooses the printer of a format. */
import { unreachable } from '../../base/errors.ts';
import { CsvPrinter } from './csv-printer.ts';
import { JsonPrinter } from './json-printer.ts';
import type { ResultFormat, ResultPrinter, Sink } from './result-printer.ts';
import { TabularPrinter } from './tabular-printer.ts';
import { VerticalPrinter } from './vertical-printer.ts';

/** `ending`: what follows the last border of a table, an empty line unless told. */
export function resultPrinter(format: ResultFormat, write: Sink, ending?: string): ResultPrinter {
  switch (format) {
    case 'tabular':
      return new TabularPrinter(write, ending === undefined ? {} : { ending });
    case 'csv':
      return new CsvPrinter(write);
    case 'json':
      return new JsonPrinter(write);
    case 'vertical':
      return new VerticalPrinter(write);
    default:
      return unreachable(format);
  }
}
