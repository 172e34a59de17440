/** Asks the client to authenticate in another way than it began, and the answers in between. */
import type { PacketWriter } from '../packet-writer.ts';
import { PayloadReader } from '../payload-reader.ts';

export const AUTH_SWITCH = 0xfe;
export const AUTH_MORE = 0x01;

export interface AuthSwitch {
  readonly plugin: string;
  readonly challenge: Buffer;
}

export function writeAuthSwitch(writer: PacketWriter, { plugin, challenge }: AuthSwitch): void {
  writer.start();
  writer.uint8(AUTH_SWITCH);
  writer.terminatedText(plugin);
  writer.bytes(challenge);
  writer.uint8(0);
  writer.end();
}

export function readAuthSwitch(payload: Buffer): AuthSwitch {
  const reader = new PayloadReader(payload, 1);
  const plugin = reader.terminatedText();
  const challenge = reader.rest();
  return { plugin, challenge: challenge.at(-1) === 0 ? challenge.subarray(0, -1) : challenge };
}

/** What a plugin says in the middle of its exchange. */
export function writeAuthMore(writer: PacketWriter, bytes: Uint8Array): void {
  writer.start();
  writer.uint8(AUTH_MORE);
  writer.bytes(bytes);
  writer.end();
}
