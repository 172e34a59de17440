/**
 * The outcome of a verb that ran in another process, as text. Results travel whole, as what they are made of: plain
 * objects, lists, maps, big integers; a root value as its address, which is a root of the reader's own repository again.
 * Other objects (what a remote's refs were read into) mean something to their own process only, and are left out.
 */
import type { Address } from '../base/address.ts';
import { DoltError, type ErrorKind } from '../base/errors.ts';
import { NothingToCommitError } from '../repo/repo-errors.ts';
import { RootValue } from '../repo/root-value.ts';
import { UsageError } from './arguments.ts';

export interface VerbAnswer<Result> {
  readonly outcome: { readonly result: Result } | { readonly error: DoltError };
  /** What it said meanwhile. */
  readonly warnings: readonly string[];
  /** The last line of its progress. */
  readonly progress: string | undefined;
}

/** Errors that commands tell apart; the others are a kind and a message. */
const TOLD_APART: Readonly<Record<string, new (message: string) => DoltError>> = { UsageError, NothingToCommitError };

export function encodeAnswer({ outcome, warnings, progress }: VerbAnswer<unknown>): string {
  if ('result' in outcome) return JSON.stringify({ result: coded(outcome.result), warnings, progress });
  const { name, kind, message } = outcome.error;
  return JSON.stringify({ error: { name, kind, message }, warnings, progress });
}

/** `rootAt` reads a root value. */
export function decodeAnswer<Result>(text: string, rootAt: (address: Address) => RootValue): VerbAnswer<Result> {
  const { result, error, warnings, progress } = JSON.parse(text) as {
    result?: unknown;
    error?: { name: string; kind: ErrorKind; message: string };
    warnings: string[];
    progress?: string;
  };
  const outcome = error === undefined ? { result: decoded(result, rootAt) as Result } : { error: errorOf(error) };
  return { outcome, warnings, progress };
}

function errorOf({ name, kind, message }: { name: string; kind: ErrorKind; message: string }): DoltError {
  const known = Object.hasOwn(TOLD_APART, name) ? TOLD_APART[name] : undefined;
  return known === undefined ? new DoltError(kind, message) : new known(message);
}

const MAP = '$map';
const BIG = '$big';
const ROOT = '$root';

function coded(value: unknown): unknown {
  if (typeof value === 'bigint') return { [BIG]: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(coded);
  if (value instanceof Map) return { [MAP]: [...value].map((entry) => entry.map(coded)) };
  if (value instanceof RootValue) return { [ROOT]: value.address };
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, coded(each)]));
}

function decoded(value: unknown, rootAt: (address: Address) => RootValue): unknown {
  const inner = (each: unknown): unknown => decoded(each, rootAt);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inner);
  if (MAP in value) return new Map((value[MAP] as unknown[][]).map((entry) => entry.map(inner) as [unknown, unknown]));
  if (BIG in value) return BigInt(value[BIG] as string);
  if (ROOT in value) return rootAt(value[ROOT] as Address);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inner(each)]));
}
