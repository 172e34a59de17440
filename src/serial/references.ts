/**
 * What each message points to (FORMAT.md §3.9): exhaustive, for push, gc and fsck. A store is complete when every address
 * that is reachable through this function is in it. A root node that is embedded in a message is not itself referred to,
 * only what it points to.
 */
import { ADDRESS_BYTES, type Address, addressAt, EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { readAddressesField, readAddressField } from './address-fields.ts';
import { type FlatbufferTable, fileIdOf, openMessage } from './flatbuffer-table.ts';

/** The addresses that a chunk refers to, in its own order, without empty ones; duplicates are kept. */
export function referencesOf(bytes: Uint8Array): Address[] {
  const into: Address[] = [];
  collect(bytes, into);
  return into.filter((address) => address !== EMPTY_ADDRESS);
}

function collect(bytes: Uint8Array, into: Address[]): void {
  const fileId = fileIdOf(bytes);
  switch (fileId) {
    case 'STRT':
    case 'SLST':
      collect(openMessage(bytes, fileId, 1).byteVector(0), into);
      return;
    case 'DTAG':
    case 'STAT':
      into.push(readAddressField(openMessage(bytes, fileId, fileId === 'STAT' ? 1 : 6), 0));
      return;
    case 'STSH': {
      const table = openMessage(bytes, fileId, 5);
      into.push(readAddressField(table, 0), readAddressField(table, 1));
      return;
    }
    case 'WRST': {
      const table = openMessage(bytes, fileId, 8);
      into.push(readAddressField(table, 0), readAddressField(table, 1));
      const merge = table.table(6, 8);
      // Not the head before the merge and not a rebase: the original neither pushes nor keeps what only they refer to.
      if (merge) into.push(readAddressField(merge, 0), readAddressField(merge, 1));
      return;
    }
    case 'RTVL': {
      const table = openMessage(bytes, fileId, 5);
      collect(table.byteVector(1), into);
      into.push(readAddressField(table, 2));
      return;
    }
    case 'DTBL': {
      const table = openMessage(bytes, fileId, 7);
      into.push(readAddressField(table, 0), readAddressField(table, 6), readAddressField(table, 5));
      const conflicts = table.table(4, 4);
      if (conflicts) for (let slot = 0; slot < 4; slot++) into.push(readAddressField(conflicts, slot));
      collect(table.byteVector(2), into);
      collect(table.byteVector(1), into);
      return;
    }
    case 'DCMT': {
      const table = openMessage(bytes, fileId, 12);
      into.push(...readAddressesField(table, 2), readAddressField(table, 0), readAddressField(table, 3));
      return;
    }
    case 'TUPM': {
      const table = openMessage(bytes, fileId, 11);
      if (table.has(7)) into.push(...readAddressesField(table, 7));
      else collectAt(table, 3, 6, into);
      return;
    }
    case 'ARTM': {
      const table = openMessage(bytes, fileId, 9);
      if (table.has(5)) into.push(...readAddressesField(table, 5));
      else collectAt(table, 0, 2, into);
      return;
    }
    case 'ADRM':
      into.push(...readAddressesField(openMessage(bytes, fileId, 6), 2));
      return;
    case 'BLOB':
      into.push(...readAddressesField(openMessage(bytes, fileId, 5), 1));
      return;
    case 'CMCL': {
      const table = openMessage(bytes, fileId, 5);
      if (table.has(1)) into.push(...readAddressesField(table, 1));
      else {
        const keys = table.byteVector(0);
        for (let at = 8; at + ADDRESS_BYTES <= keys.length; at += 28) into.push(addressAt(keys, at));
      }
      return;
    }
    case 'DSCH':
    case 'DFKC':
    case 'TUPL':
    case 'BRCL':
      return;
    case 'IVFF':
      throw new DoltError('unsupported', 'a vector index: its nodes are not understood');
    default:
      throw new DoltError('unsupported', `a chunk of unknown kind ${JSON.stringify(fileId)}`);
  }
}

/** Addresses in the byte vector of slot `items` at the offsets that slot `offsets` lists. */
function collectAt(table: FlatbufferTable, items: number, offsets: number, into: Address[]): void {
  if (!table.has(offsets)) return;
  const bytes = table.byteVector(items);
  for (const offset of table.uint16s(offsets)) {
    if (offset + ADDRESS_BYTES > bytes.length) throw new DoltError('corrupt', 'an address lies outside its node');
    into.push(addressAt(bytes, offset));
  }
}
