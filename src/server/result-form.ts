/**
 * How the columns and rows of a result look to a client. What is the same each time that a statement runs again, which has its
 * columns with its plan, is made once and kept by these columns.
 */
import type { ResultColumn } from '../sql/session/statement-result.ts';
import { binaryRowWriter } from '../wire/binary-row.ts';
import { columnDefinition } from '../wire/column-types.ts';
import { PacketWriter } from '../wire/packet-writer.ts';
import { writeColumnDefinition } from '../wire/packets/column-definition.ts';
import type { TextEncoding } from '../wire/text-encoding.ts';
import { textRowWriter, type WriteRows } from '../wire/text-row.ts';

export type RowForm = 'text' | 'binary';

export class ResultForm {
  readonly columns: readonly ResultColumn[];
  readonly encoding: TextEncoding;
  #definitions: Buffer | undefined;
  #text: WriteRows | undefined;
  #binary: WriteRows | undefined;

  constructor(columns: readonly ResultColumn[], encoding: TextEncoding) {
    this.columns = columns;
    this.encoding = encoding;
  }

  /** A packet for each column. */
  writeDefinitions(writer: PacketWriter): void {
    this.#definitions ??= this.#define();
    writer.packets(this.#definitions);
  }

  #define(): Buffer {
    const writer = new PacketWriter();
    for (const column of this.columns) {
      writeColumnDefinition(writer, columnDefinition(column, this.encoding.collation), this.encoding);
    }
    return writer.take();
  }

  rowWriter(form: RowForm): WriteRows {
    if (form === 'binary') {
      this.#binary ??= binaryRowWriter(this.#types(), this.encoding);
      return this.#binary;
    }
    this.#text ??= textRowWriter(this.#types(), this.encoding);
    return this.#text;
  }

  #types() {
    return this.columns.map(({ type }) => type);
  }
}

const forms = new WeakMap<readonly ResultColumn[], ResultForm>();

export function resultForm(columns: readonly ResultColumn[], encoding: TextEncoding): ResultForm {
  let form = forms.get(columns);
  if (form === undefined || form.encoding !== encoding) {
    form = new ResultForm(columns, encoding);
    forms.set(columns, form);
  }
  return form;
}
