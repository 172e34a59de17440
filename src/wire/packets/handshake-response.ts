/** The client's answer to the greeting: who it is and what it can do; and its short form, which asks for TLS first. */
import { Capability } from '../capabilities.ts';
import type { PacketWriter } from '../packet-writer.ts';
import { PayloadReader } from '../payload-reader.ts';
import { MalformedPacketError } from '../wire-error.ts';

export interface HandshakeResponse {
  readonly capabilities: number;
  readonly maxPacket: number;
  readonly collation: number;
  readonly user: string;
  readonly authentication: Buffer;
  readonly database: string | undefined;
  readonly plugin: string | undefined;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Bytes of the fixed part: all that a request for TLS has. */
const FIXED = 32;
const MOST_ATTRIBUTES = 64;

/** Whether the payload is the short form: TLS begins, and the whole answer follows inside of it. */
export function isTlsRequest(payload: Buffer): boolean {
  return payload.length === FIXED && (payload.readUInt32LE(0) & Capability.ssl) !== 0;
}

export function writeTlsRequest(
  writer: PacketWriter,
  capabilities: number,
  maxPacket: number,
  collation: number,
): void {
  writer.start();
  writeFixed(writer, capabilities, maxPacket, collation);
  writer.end();
}

function writeFixed(writer: PacketWriter, capabilities: number, maxPacket: number, collation: number): void {
  writer.uint32(capabilities);
  writer.uint32(maxPacket);
  writer.uint8(collation);
  writer.zeros(23);
}

export function writeHandshakeResponse(writer: PacketWriter, response: HandshakeResponse): void {
  const { capabilities } = response;
  writer.start();
  writeFixed(writer, capabilities, response.maxPacket, response.collation);
  writer.terminatedText(response.user);
  writer.lengthBytes(response.authentication);
  if (response.database !== undefined) writer.terminatedText(response.database);
  writer.terminatedText(response.plugin ?? '');
  writeAttributes(writer, response.attributes);
  writer.end();
}

function writeAttributes(writer: PacketWriter, attributes: ReadonlyMap<string, string>): void {
  const coded = [...attributes].flatMap(([name, value]) => [name, value].map((text) => Buffer.from(text)));
  const size = (length: number): number => (length < 0xfb ? 1 : length <= 0xffff ? 3 : 4);
  writer.lengthInteger(coded.reduce((total, { length }) => total + length + size(length), 0));
  for (const text of coded) writer.lengthBytes(text);
}

/** Throws `MalformedPacketError`, also for clients from before MySQL 4.1. */
export function readHandshakeResponse(payload: Buffer): HandshakeResponse {
  const reader = new PayloadReader(payload);
  const capabilities = reader.uint32();
  if ((capabilities & Capability.protocol41) === 0) {
    throw new MalformedPacketError('the client speaks the protocol of before MySQL 4.1');
  }
  const maxPacket = reader.uint32();
  const collation = reader.uint8();
  reader.slice(23);
  const user = reader.terminatedText();
  const authentication = readAuthentication(reader, capabilities);
  return { capabilities, maxPacket, collation, user, authentication, ...readRest(reader, capabilities) };
}

function readAuthentication(reader: PayloadReader, capabilities: number): Buffer {
  if ((capabilities & Capability.lengthCodedAuthentication) !== 0) return reader.lengthBytes();
  if ((capabilities & Capability.secureConnection) !== 0) return reader.slice(reader.uint8());
  return reader.terminatedBytes();
}

function readRest(
  reader: PayloadReader,
  capabilities: number,
): Pick<HandshakeResponse, 'database' | 'plugin' | 'attributes'> {
  // Some clients claim these flags and end their packet before.
  const has = (flag: number): boolean => (capabilities & flag) !== 0 && reader.remaining > 0;
  const database = has(Capability.connectWithDatabase) ? reader.terminatedText() : '';
  const plugin = has(Capability.pluginAuthentication) ? reader.terminatedText() : '';
  const attributes = has(Capability.connectionAttributes) ? readAttributes(reader) : new Map<string, string>();
  return { database: database || undefined, plugin: plugin || undefined, attributes };
}

export function readAttributes(reader: PayloadReader): Map<string, string> {
  const inner = new PayloadReader(reader.lengthBytes());
  const attributes = new Map<string, string>();
  while (inner.remaining > 0) {
    const name = inner.lengthText();
    const value = inner.lengthText();
    if (attributes.size < MOST_ATTRIBUTES) attributes.set(name, value);
  }
  return attributes;
}
