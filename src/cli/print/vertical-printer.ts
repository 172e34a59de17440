/** A result with a line a column and a ruler a row, as `\G` gives it in MySQL's shell. */
import type { Batch } from '../../sql/expressions/batch.ts';
import { type CellText, cellTextFor, hasBinaryColumn, toBinaryText } from './cell.ts';
import { displayWidth } from './display-width.ts';
import type { ResultColumn, ResultPrinter, Sink } from './result-printer.ts';

const STARS = '*'.repeat(27);

export class VerticalPrinter implements ResultPrinter {
  readonly #write: Sink;
  #labels: string[] = [];
  #cells: CellText[] = [];
  #binary = false;
  #rows = 0;

  constructor(write: Sink) {
    this.#write = write;
  }

  begin(columns: readonly ResultColumn[]): void {
    this.#binary = hasBinaryColumn(columns);
    const width = Math.max(0, ...columns.map((column) => displayWidth(column.name)));
    this.#labels = columns.map((column) => {
      const label = `${' '.repeat(width - displayWidth(column.name))}${column.name}: `;
      return this.#binary ? toBinaryText(label) : label;
    });
    this.#cells = columns.map((column) => cellTextFor(column.type, this.#binary));
  }

  batch(batch: Batch): void {
    let text = '';
    for (let row = 0; row < batch.length; row++) {
      text += `${STARS} ${++this.#rows}. row ${STARS}\n`;
      for (let c = 0; c < this.#cells.length; c++) {
        const value = batch.columns[c]![row]!;
        text += `${this.#labels[c]}${value === null ? 'NULL' : this.#cells[c]!(value)}\n`;
      }
      text += '\n';
    }
    this.#write(text, this.#binary);
  }

  end(): void {
    this.#write('\n');
  }
}
