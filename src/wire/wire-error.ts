/** What can go wrong on a connection, below SQL. The connection does not go on after one of these. */
import { DoltError } from '../base/errors.ts';

/** A packet that does not have the form that it must have. */
export class MalformedPacketError extends DoltError {
  constructor(what: string) {
    super('invalid', `malformed packet: ${what}`);
  }
}

/** A packet came with another number than the next. */
export class PacketOrderError extends DoltError {
  constructor(expected: number, got: number) {
    super('invalid', `packets out of order: expected number ${expected}, got ${got}`);
  }
}

/** A packet is longer than `max_allowed_packet`. */
export class PacketTooLargeError extends DoltError {
  readonly limit: number;
  constructor(limit: number) {
    super('invalid', `got a packet bigger than max_allowed_packet (${limit} bytes)`);
    this.limit = limit;
  }
}
