/** COM_CHANGE_USER: another user on the same connection. */
import { Capability } from '../capabilities.ts';
import { PayloadReader } from '../payload-reader.ts';
import { readAttributes } from './handshake-response.ts';

export interface ChangeUser {
  readonly user: string;
  readonly authentication: Buffer;
  readonly database: string | undefined;
  readonly collation: number | undefined;
  readonly plugin: string | undefined;
  readonly attributes: ReadonlyMap<string, string>;
}

/** `payload` with the command's byte; `capabilities` as the handshake agreed on. */
export function readChangeUser(payload: Buffer, capabilities: number): ChangeUser {
  const reader = new PayloadReader(payload, 1);
  const user = reader.terminatedText();
  const authentication = reader.slice(reader.uint8());
  const database = reader.terminatedText() || undefined;
  const collation = reader.remaining >= 2 ? reader.uint16() : undefined;
  const hasPlugin = (capabilities & Capability.pluginAuthentication) !== 0 && reader.remaining > 0;
  const plugin = hasPlugin ? reader.terminatedText() : undefined;
  const hasAttributes = (capabilities & Capability.connectionAttributes) !== 0 && reader.remaining > 0;
  const attributes = hasAttributes ? readAttributes(reader) : new Map<string, string>();
  return { user, authentication, database, collation, plugin: plugin || undefined, attributes };
}
