/**
 * Puts payloads together from the pieces in which a socket hands them over. Packets are numbered from 0 within a command;
 * a payload of 16 MB or more comes as several packets of the greatest length and a shorter one.
 */
import { MAX_PAYLOAD, PACKET_HEADER } from './packet-writer.ts';
import { PacketOrderError, PacketTooLargeError } from './wire-error.ts';

export class PacketReader {
  /** Number that the next packet must have. */
  sequence = 0;
  /** Bytes that a payload may have. */
  limit: number;
  #pieces: Buffer[] = [];
  #available = 0;
  /** Parts of a payload whose end has not come yet. */
  #parts: Buffer[] = [];
  #partsLength = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes that came and make no whole packet yet, which a change to TLS takes along. */
  get pending(): number {
    return this.#available;
  }

  push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#available += piece.length;
  }

  /** The next whole payload, undefined while it has not come. Throws `PacketOrderError` and `PacketTooLargeError`. */
  next(): Buffer | undefined {
    for (;;) {
      if (this.#available < PACKET_HEADER) return undefined;
      const header = this.#peekHeader();
      const length = header[0]! | (header[1]! << 8) | (header[2]! << 16);
      if (this.#partsLength + length > this.limit) throw new PacketTooLargeError(this.limit);
      if (header[3] !== this.sequence) throw new PacketOrderError(this.sequence, header[3]!);
      if (this.#available < PACKET_HEADER + length) return undefined;
      const payload = this.#take(PACKET_HEADER + length).subarray(PACKET_HEADER);
      this.sequence = (this.sequence + 1) & 0xff;
      if (length < MAX_PAYLOAD && this.#parts.length === 0) return payload;
      this.#parts.push(payload);
      this.#partsLength += length;
      if (length === MAX_PAYLOAD) continue;
      const whole = Buffer.concat(this.#parts, this.#partsLength);
      this.#parts = [];
      this.#partsLength = 0;
      return whole;
    }
  }

  /** What came and was not read: the start of what another reader goes on with. */
  takePending(): Buffer {
    return this.#take(this.#available);
  }

  #peekHeader(): Buffer {
    const [first] = this.#pieces;
    if (first!.length >= PACKET_HEADER) return first!;
    const joined = Buffer.concat(this.#pieces, this.#available);
    this.#pieces = [joined];
    return joined;
  }

  #take(length: number): Buffer {
    this.#available -= length;
    const [first] = this.#pieces;
    if (first === undefined) return Buffer.alloc(0);
    if (first.length === length) {
      if (this.#pieces.length === 1) this.#pieces.pop();
      else this.#pieces.shift();
      return first;
    }
    if (first.length > length) {
      this.#pieces[0] = first.subarray(length);
      return first.subarray(0, length);
    }
    const joined = Buffer.concat(this.#pieces, this.#available + length);
    const left = joined.subarray(length);
    this.#pieces = left.length > 0 ? [left] : [];
    return joined.subarray(0, length);
  }
}
