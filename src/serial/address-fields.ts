/** Addresses in byte vectors of messages. */
import { ADDRESS_BYTES, type Address, addressAt, addressBytes, EMPTY_ADDRESS, writeAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { FlatbufferBuilder, Offset } from './flatbuffer-builder.ts';
import type { FlatbufferTable } from './flatbuffer-table.ts';

/** The address in a slot; the empty address when the slot is absent. */
export function readAddressField(table: FlatbufferTable, slot: number): Address {
  const bytes = table.byteVector(slot);
  if (bytes.length === 0) return EMPTY_ADDRESS;
  if (bytes.length !== ADDRESS_BYTES) throw new DoltError('corrupt', `an address of ${bytes.length} bytes`);
  return addressAt(bytes, 0);
}

/** The addresses in a slot, one after the other. */
export function readAddressesField(table: FlatbufferTable, slot: number): Address[] {
  const bytes = table.byteVector(slot);
  if (bytes.length % ADDRESS_BYTES !== 0) throw new DoltError('corrupt', `addresses of ${bytes.length} bytes in all`);
  return Array.from({ length: bytes.length / ADDRESS_BYTES }, (_, i) => addressAt(bytes, ADDRESS_BYTES * i));
}

export function createAddress(builder: FlatbufferBuilder, address: Address): Offset {
  return builder.bytes(addressBytes(address));
}

export function createAddresses(builder: FlatbufferBuilder, addresses: readonly Address[]): Offset {
  const bytes = new Uint8Array(ADDRESS_BYTES * addresses.length);
  addresses.forEach((address, i) => void writeAddress(address, bytes, ADDRESS_BYTES * i));
  return builder.bytes(bytes);
}
