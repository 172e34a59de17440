/**
 * AES_ENCRYPT and AES_DECRYPT (MySQL manual, "Encryption and Compression Functions"). The cipher is the session's
 * block_encryption_mode; a key of another length is folded into the cipher's by XOR, or derived by HKDF or PBKDF2.
 */
import type { Value } from '../../tuple/value.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import { SqlError, wrongParameterCount } from '../types/sql-error.ts';
import { LONGBLOB } from '../types/sql-type.ts';
import { asBytes } from './arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

const BLOCK = 16;
const MODES: ReadonlySet<string> = new Set(['ecb', 'cbc', 'cfb1', 'cfb8', 'cfb128', 'ofb']);

interface Cipher {
  readonly name: string;
  /** Bytes. */
  readonly keyLength: number;
  readonly mode: string;
}

/** `aes-128-ecb` and its like. Node calls 128-bit feedback `cfb`. */
function cipherOf({ session }: EvaluationContext): Cipher {
  const { value } = session.systemVariable('block_encryption_mode', 'session');
  const [, bits = '', mode = ''] = /^aes-(128|192|256)-(\w+)$/i.exec(String(value)) ?? [];
  const lower = mode.toLowerCase();
  if (!MODES.has(lower))
    throw new SqlError(1231, '42000', `Variable 'block_encryption_mode' can't be set to the value of '${value}'`);
  return { name: `aes-${bits}-${lower === 'cfb128' ? 'cfb' : lower}`, keyLength: Number(bits) / 8, mode: lower };
}

function folded(key: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  key.forEach((byte, at) => {
    result[at % length] = result[at % length]! ^ byte;
  });
  return result;
}

const text = (bytes: Value | undefined): string => (bytes == null ? '' : Buffer.from(bytes as Uint8Array).toString());

/** `kdf` and its options: 'hkdf', salt, info; 'pbkdf2_hmac', salt, iterations. */
function derived(key: Uint8Array, length: number, [kdf, salt, third]: readonly Value[]): Uint8Array {
  const crypto = process.getBuiltinModule('node:crypto');
  const saltBytes = (salt ?? new Uint8Array()) as Uint8Array;
  switch (text(kdf).toLowerCase()) {
    case 'hkdf':
      return new Uint8Array(
        crypto.hkdfSync('sha512', key, saltBytes, (third ?? new Uint8Array()) as Uint8Array, length),
      );
    case 'pbkdf2_hmac': {
      const iterations = third == null ? 1000 : Number(text(third));
      if (!Number.isInteger(iterations) || iterations < 1000 || iterations > 65535) {
        throw new SqlError(3914, 'HY000', 'KDF iterations value out of range');
      }
      return new Uint8Array(crypto.pbkdf2Sync(key, saltBytes, iterations, length, 'sha512'));
    }
    default:
      throw new SqlError(3913, 'HY000', `KDF method name is not valid. Please use hkdf or pbkdf2_hmac method name`);
  }
}

function crypt(name: string, encrypts: boolean): ScalarFunction {
  return {
    name,
    minArguments: 2,
    maxArguments: 6,
    session: true,
    bind: (given) => ({
      type: LONGBLOB,
      args: given.map(asBytes),
      nullable: true,
      handlesNull: true,
      apply: ([input, key, vector, ...kdf], context) => {
        if (input === null || key === null) return null;
        const cipher = cipherOf(context);
        if (cipher.mode !== 'ecb') {
          if (vector === undefined) throw wrongParameterCount(name);
          if (vector === null) return null;
          if ((vector as Uint8Array).length < BLOCK) {
            throw new SqlError(
              1882,
              'HY000',
              `The initialization vector supplied to ${name} is too short. Must be at least ${BLOCK} bytes long`,
            );
          }
        }
        const bytes =
          kdf.length === 0
            ? folded(key as Uint8Array, cipher.keyLength)
            : derived(key as Uint8Array, cipher.keyLength, kdf);
        const start = cipher.mode === 'ecb' ? null : (vector as Uint8Array).subarray(0, BLOCK);
        const crypto = process.getBuiltinModule('node:crypto');
        const run = encrypts
          ? crypto.createCipheriv(cipher.name, bytes, start)
          : crypto.createDecipheriv(cipher.name, bytes, start);
        try {
          return new Uint8Array(Buffer.concat([run.update(input as Uint8Array), run.final()]));
        } catch {
          // Not what this key encrypted.
          return null;
        }
      },
    }),
  };
}

export const encryptionFunctions: readonly ScalarFunction[] = [crypt('aes_encrypt', true), crypt('aes_decrypt', false)];
