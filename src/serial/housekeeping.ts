/** Statistic (STAT) and Tuple (TUPL): local housekeeping of the original, carried along and not interpreted. */
import type { Address } from '../base/address.ts';
import { addressBytes } from '../base/address.ts';
import { readAddressField } from './address-fields.ts';
import { openMessage } from './flatbuffer-table.ts';
import { writeOneVector } from './store-root.ts';

export interface StatisticMessage {
  /** A table's address. */
  readonly root: Address;
}

export function readStatistic(bytes: Uint8Array): StatisticMessage {
  return { root: readAddressField(openMessage(bytes, 'STAT', 1), 0) };
}

export function writeStatistic({ root }: StatisticMessage): Uint8Array {
  return writeOneVector(addressBytes(root), 'STAT');
}

export interface TupleMessage {
  readonly value: Uint8Array;
}

export function readTupleMessage(bytes: Uint8Array): TupleMessage {
  return { value: openMessage(bytes, 'TUPL', 1).byteVector(0) };
}

export function writeTupleMessage({ value }: TupleMessage): Uint8Array {
  return writeOneVector(value, 'TUPL');
}
