/** Passwords and tokens as they are kept: scrypt of what people choose, SHA-256 of what was drawn at random. */
import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** `scrypt:N:r:p:salt:hash`, the last two in base64. */
export type PasswordHash = string;

const COST = { N: 1 << 14, r: 8, p: 1 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;
const FORM = /^scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2}):([A-Za-z0-9+/]+=*):([A-Za-z0-9+/]+=*)$/;

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, COST);
  return `scrypt:${COST.N}:${COST.r}:${COST.p}:${salt.toString('base64')}:${hash.toString('base64')}`;
}

export const isPasswordHash = (text: string): boolean => FORM.test(text);

/** Takes as long without a hash, for users that do not exist. */
export async function isPassword(password: string, kept: PasswordHash | undefined): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = FORM.exec(kept ?? NOBODYS)!;
  const wanted = Buffer.from(hash, 'base64');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const found = await derive(password, Buffer.from(salt, 'base64'), wanted.length, cost);
  return timingSafeEqual(found, wanted) && kept !== undefined;
}

const NOBODYS: PasswordHash = `scrypt:${COST.N}:${COST.r}:${COST.p}:${'A'.repeat(22)}==:${'A'.repeat(43)}=`;

function derive(password: string, salt: Buffer, length: number, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Texts that look alike are one password.
    scrypt(password.normalize('NFKC'), salt, length, cost, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}

/** A token: `dolt_<id>_<secret>`. */
export interface Token {
  readonly id: string;
  readonly text: string;
  /** SHA-256 of the secret, in base64. */
  readonly hash: string;
}

const TOKEN = /^dolt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

export function newToken(): Token {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { id, text: `dolt_${id}_${secret}`, hash: sha256(secret).toString('base64') };
}

/** The parts of a token, or undefined where it is none. */
export function readToken(text: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** The id of the token in an `authorization`; null for a password, undefined for what is neither, such as a signed token. */
export function tokenIdIn(authorization: string): string | null | undefined {
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(authorization.trim()) ?? [];
  if (/^bearer$/i.test(scheme)) return readToken(credentials)?.id;
  if (!/^basic$/i.test(scheme)) return undefined;
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  return readToken(text.slice(text.indexOf(':') + 1))?.id ?? null;
}

export function isSecret(secret: string, hash: string): boolean {
  const wanted = Buffer.from(hash, 'base64');
  const found = sha256(secret);
  return wanted.length === found.length && timingSafeEqual(found, wanted);
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
