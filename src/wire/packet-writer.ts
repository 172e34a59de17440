/**
 * Makes packets, one after the other, in one buffer: a reply is written to the socket in one piece, because a packet a
 * write makes each wait for the acknowledgement of the one before. A payload of 16 MB or more becomes several packets, the
 * last one shorter than that.
 *
 *     writer.start();
 *     writer.uint8(0);
 *     writer.end();
 *     socket.write(writer.take());
 */
import { assert } from '../base/errors.ts';

/** Bytes before a payload: its length and its number. */
export const PACKET_HEADER = 4;
export const MAX_PAYLOAD = 0xffffff;
const INITIAL = 1 << 10;
/** A buffer that grew beyond this is not kept for the next reply. */
const KEPT = 1 << 16;
const NONE = Buffer.alloc(0);

/** Of a character. */
const MOST_UTF8_BYTES = 4;

/** A Buffer has it, though not in its documentation: `write` calls it after a look at its arguments. */
type Utf8Buffer = Buffer & { utf8Write(text: string, at: number): number };

const MINUS = 45;
const POINT = 46;
const ZERO_DIGIT = 48;

/** A call into the runtime costs more than this. */
const FEW_CHARACTERS = 16;

/** Whether the text is a short one of ASCII, and was written. */
function writeAscii(bytes: Buffer, text: string, at: number): boolean {
  const { length } = text;
  if (length > FEW_CHARACTERS) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    bytes[at + i] = code;
  }
  return true;
}

export class PacketWriter {
  /** Number of the next packet; it starts at 0 with every command. */
  sequence = 0;
  #bytes = NONE;
  /** What was taken last. */
  #lent = NONE;
  #at = 0;
  /** Where the payload that is being written begins; -1 between packets. */
  #payload = -1;

  /** Bytes of complete packets that were not taken yet. */
  get length(): number {
    return this.#at;
  }

  /** `zeros`: how many zero bytes the payload begins with. */
  start(zeros = 0): void {
    assert(this.#payload < 0, 'a packet ends before the next one starts');
    this.#reserve(PACKET_HEADER + zeros);
    const bytes = this.#bytes;
    let at = this.#at + PACKET_HEADER;
    this.#payload = at;
    for (const end = at + zeros; at < end; at++) bytes[at] = 0;
    this.#at = at;
  }

  end(): void {
    let length = this.#at - this.#payload;
    let at = this.#payload;
    this.#payload = -1;
    while (length >= MAX_PAYLOAD) {
      this.#header(at, MAX_PAYLOAD);
      at += MAX_PAYLOAD;
      length -= MAX_PAYLOAD;
      // Room for the next header, between what is in this packet and what comes after it.
      this.#reserve(PACKET_HEADER);
      this.#bytes.copyWithin(at + PACKET_HEADER, at, at + length);
      this.#at += PACKET_HEADER;
      at += PACKET_HEADER;
    }
    this.#header(at, length);
  }

  /** Drops the packet that was started: something else is sent instead. */
  abandon(): void {
    if (this.#payload < 0) return;
    this.#at = this.#payload - PACKET_HEADER;
    this.#payload = -1;
  }

  #header(payload: number, length: number): void {
    const bytes = this.#bytes;
    bytes[payload - 4] = length;
    bytes[payload - 3] = length >>> 8;
    bytes[payload - 2] = length >>> 16;
    bytes[payload - 1] = this.sequence;
    this.sequence = (this.sequence + 1) & 0xff;
  }

  /** Whole packets of another writer, numbered anew. */
  packets(packets: Buffer): void {
    assert(this.#payload < 0, 'packets are written between packets');
    const start = this.#at;
    this.bytes(packets);
    const bytes = this.#bytes;
    for (let at = start; at < this.#at; ) {
      bytes[at + 3] = this.sequence;
      this.sequence = (this.sequence + 1) & 0xff;
      at += PACKET_HEADER + (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16));
    }
  }

  /** The packets so far; the writer is empty then. They are the caller's, until it gives them back. */
  take(): Buffer {
    assert(this.#payload < 0, 'only whole packets are taken');
    const taken = this.#bytes.subarray(0, this.#at);
    this.#lent = this.#bytes;
    this.#bytes = NONE;
    this.#at = 0;
    return taken;
  }

  /** What was taken last is of no use any more: the next packets are written over it. */
  giveBack(): void {
    if (this.#bytes === NONE && this.#lent.length <= KEPT) this.#bytes = this.#lent;
    this.#lent = NONE;
  }

  #reserve(length: number): void {
    const needed = this.#at + length;
    if (needed <= this.#bytes.length) return;
    // After much comes more, most often: as much room as the last packets took.
    const first = Math.min(Math.max(this.#lent.length, INITIAL), KEPT);
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2, first));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }
  uint16(value: number): void {
    this.#reserve(2);
    this.#at = this.#bytes.writeUInt16LE(value, this.#at);
  }
  uint24(value: number): void {
    this.#reserve(3);
    this.#at = this.#bytes.writeUIntLE(value, this.#at, 3);
  }
  uint32(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }
  int32(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeInt32LE(value, this.#at);
  }
  /** Signed or unsigned: the same eight bytes. */
  int64(value: number | bigint): void {
    this.#reserve(8);
    if (typeof value === 'number') {
      this.#bytes.writeInt32LE(value | 0, this.#at);
      this.#bytes.writeInt32LE(Math.floor(value / 0x1_0000_0000) | 0, this.#at + 4);
    } else this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#at);
    this.#at += 8;
  }
  float(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeFloatLE(value, this.#at);
  }
  double(value: number): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }
  zeros(count: number): void {
    this.#reserve(count);
    for (let i = 0; i < count; i++) this.#bytes[this.#at++] = 0;
  }

  lengthInteger(value: number | bigint): void {
    if (value < 0xfb) this.uint8(Number(value));
    else if (value <= 0xffff) {
      this.uint8(0xfc);
      this.uint16(Number(value));
    } else if (value <= 0xffffff) {
      this.uint8(0xfd);
      this.uint24(Number(value));
    } else {
      this.uint8(0xfe);
      this.int64(value);
    }
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  lengthBytes(bytes: Uint8Array): void {
    this.lengthInteger(bytes.length);
    this.bytes(bytes);
  }

  /** UTF-8 without a length. */
  text(text: string): void {
    this.#reserve(text.length * 3);
    this.#at += this.#bytes.write(text, this.#at);
  }

  lengthText(text: string): void {
    if (text.length < 0xfb) {
      this.#shortText(text);
      return;
    }
    const length = Buffer.byteLength(text);
    this.lengthInteger(length);
    this.#reserve(length);
    this.#at += this.#bytes.write(text, this.#at);
  }

  /**
   * An integer of 32 bits as text, the last `scale` digits behind a point. Digits that are written here take a third of the
   * time of a string that is made of them and copied.
   */
  lengthNumber(value: number, scale: number): void {
    const isNegative = value < 0;
    let rest = isNegative ? -value : value;
    let digits = 1;
    for (let power = 10; power <= rest; power *= 10) digits++;
    digits = Math.max(digits, scale + 1);
    const length = digits + (scale > 0 ? 1 : 0) + (isNegative ? 1 : 0);
    this.#reserve(1 + length);
    const bytes = this.#bytes;
    const start = this.#at;
    bytes[start] = length;
    if (isNegative) bytes[start + 1] = MINUS;
    let at = start + length;
    this.#at = at + 1;
    for (let left = digits; left > 0; left--) {
      if (left === digits - scale && scale > 0) bytes[at--] = POINT;
      const tenth = (rest / 10) >>> 0;
      bytes[at--] = ZERO_DIGIT + rest - 10 * tenth;
      rest = tenth;
    }
  }

  /** The length of most takes one byte, which is known once the text is written. */
  #shortText(text: string): void {
    this.#reserve(text.length * 3 + 3);
    const bytes = this.#bytes;
    const at = this.#at;
    const length = writeAscii(bytes, text, at + 1) ? text.length : (bytes as Utf8Buffer).utf8Write(text, at + 1);
    if (length < 0xfb) {
      bytes[at] = length;
      this.#at = at + 1 + length;
      return;
    }
    bytes.copyWithin(at + 3, at + 1, at + 1 + length);
    bytes[at] = 0xfc;
    bytes[at + 1] = length;
    bytes[at + 2] = length >>> 8;
    this.#at = at + 3 + length;
  }

  /**
   * A packet for each text, after so many zero bytes and its length, which takes one byte. False where they are not all of ASCII:
   * then none is written.
   */
  asciiPackets(zeros: number, texts: readonly string[]): boolean {
    const before = PACKET_HEADER + zeros + 1;
    const room = '\0'.repeat(before);
    const joined = room + texts.join(room);
    // With room for one character more, what is cut off for want of room is longer than ASCII would be.
    this.#reserve(joined.length + MOST_UTF8_BYTES);
    const bytes = this.#bytes;
    let at = this.#at;
    if ((bytes as Utf8Buffer).utf8Write(joined, at) !== joined.length) return false;
    for (const { length } of texts) {
      at += before;
      bytes[at - 1] = length;
      this.#header(at - zeros - 1, zeros + 1 + length);
      at += length;
    }
    this.#at = at;
    return true;
  }

  /** Ends with a zero byte. */
  terminatedText(text: string): void {
    this.text(text);
    this.uint8(0);
  }

  /** Sets bits in a byte of the payload that is written already. */
  orUint8(position: number, bits: number): void {
    this.#bytes[this.#payload + position]! |= bits;
  }
}
