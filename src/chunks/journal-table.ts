/** The chunks of a journal that was copied from a running server, as a table file of a store. */
import { addressAt } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { ADDRESS_BEFORE_PAYLOAD, scanJournal } from './journal-record.ts';
import type { TableFileWriter, WrittenTable } from './table-file-writer.ts';

/**
 * Writes a table file of what is valid of the journal at `path`; undefined when that is nothing. A commit that was being
 * appended while it was copied is left out. Throws `corrupt` where something valid follows what is not.
 */
export function tableOfJournal(disk: Disk, path: string, writer: TableFileWriter): WrittenTable | undefined {
  const file = disk.openRead(path);
  if (!file) throw new DoltError('notFound', `${path} is not there any more`);
  try {
    return writer.finishWith(() => {
      const { lost } = scanJournal(file, 0, {
        chunk(bytes, at, _offset, length) {
          const payload = at + ADDRESS_BEFORE_PAYLOAD;
          writer.addRecord(addressAt(bytes, at), bytes.subarray(payload, payload + length));
        },
        root() {},
      });
      if (lost) throw new DoltError('corrupt', `${path} is damaged: what is valid follows what is not`);
    });
  } finally {
    file.close();
  }
}
