/** The server's greeting, version 10. */
import { Capability } from '../capabilities.ts';
import type { PacketWriter } from '../packet-writer.ts';
import { PayloadReader } from '../payload-reader.ts';
import { MalformedPacketError } from '../wire-error.ts';

export interface Handshake {
  readonly serverVersion: string;
  readonly connectionId: number;
  /** 20 bytes, none of them zero. */
  readonly challenge: Buffer;
  readonly capabilities: number;
  /** Id of the server's default collation, its low byte. */
  readonly collation: number;
  readonly status: number;
  readonly plugin: string;
}

export const CHALLENGE_BYTES = 20;
const FIRST_PART = 8;
const VERSION = 10;

export function writeHandshake(writer: PacketWriter, handshake: Handshake): void {
  const { challenge, capabilities } = handshake;
  writer.start();
  writer.uint8(VERSION);
  writer.terminatedText(handshake.serverVersion);
  writer.uint32(handshake.connectionId);
  writer.bytes(challenge.subarray(0, FIRST_PART));
  writer.uint8(0);
  writer.uint16(capabilities & 0xffff);
  writer.uint8(handshake.collation);
  writer.uint16(handshake.status);
  writer.uint16(capabilities >>> 16);
  writer.uint8(CHALLENGE_BYTES + 1);
  writer.zeros(10);
  writer.bytes(challenge.subarray(FIRST_PART));
  writer.uint8(0);
  writer.terminatedText(handshake.plugin);
  writer.end();
}

export function readHandshake(payload: Buffer): Handshake {
  const reader = new PayloadReader(payload);
  const version = reader.uint8();
  if (version !== VERSION) throw new MalformedPacketError(`the greeting has version ${version}`);
  const serverVersion = reader.terminatedText();
  const connectionId = reader.uint32();
  const first = reader.slice(FIRST_PART);
  reader.slice(1);
  const low = reader.uint16();
  const collation = reader.uint8();
  const status = reader.uint16();
  const capabilities = (low | (reader.uint16() << 16)) >>> 0;
  const length = reader.uint8();
  reader.slice(10);
  const second = reader.slice(Math.max(13, length - FIRST_PART));
  const plugin =
    (capabilities & Capability.pluginAuthentication) === 0 ? 'mysql_native_password' : reader.terminatedText();
  const challenge = Buffer.concat([first, second]).subarray(0, CHALLENGE_BYTES);
  return { serverVersion, connectionId, challenge, capabilities, collation, status, plugin };
}
