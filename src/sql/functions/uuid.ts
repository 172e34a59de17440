/** UUIDs. */
import type { Value } from '../../tuple/value.ts';
import { integerOf } from '../../tuple/value.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import { isTruth } from '../expressions/logic.ts';
import { wrongUuid } from '../types/sql-error.ts';
import { BOOLEAN, LONGTEXT, UNSIGNED_BIGINT, varbinary } from '../types/sql-type.ts';
import { asBytes, asText, type Convert, simple } from './arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

const SHAPE = /^(?:\{)?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})(?:\})?$/i;

/** The 32 hexadecimal digits, or undefined. */
function digitsOf(text: string): string | undefined {
  const match = SHAPE.exec(text);
  return match === null ? undefined : match.slice(1).join('').toLowerCase();
}
function dashed(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** 100 ns steps from 1582-10-15 to 1970. */
const GREGORIAN = 122_192_928_000_000_000n;

/** Version 1: the time, and a random node in place of the machine's address. */
function version1({ session }: EvaluationContext): string {
  const random = session.randomBytes(10);
  const ticks = BigInt(session.currentTime()) * 10n + BigInt(random[0]! % 10) + GREGORIAN;
  const time = ticks.toString(16).padStart(15, '0');
  random[2] = (random[2]! & 0x3f) | 0x80;
  random[4] = random[4]! | 0x01;
  const tail = Buffer.from(random.subarray(2)).toString('hex');
  return dashed(`${time.slice(7)}${time.slice(3, 7)}1${time.slice(0, 3)}${tail}`);
}

function madeUuid(_args: readonly Value[], context: EvaluationContext): Value {
  const uuid = version1(context);
  context.session.madeUuid(uuid);
  return uuid;
}

/** Whether parts are to be swapped; NULL swaps none. */
const asFlag: Convert = (argument) => isTruth(argument, true);

let shortCounter = 0n;

function uuidShort({ session }: EvaluationContext): Value {
  shortCounter = (shortCounter + 1n) & 0xff_ffffn;
  const seconds = BigInt(session.currentTime()) / 1_000_000n;
  return integerOf(BigInt.asUintN(64, (1n << 56n) | ((seconds & 0xffff_ffffn) << 24n) | shortCounter));
}

export const uuidFunctions: readonly ScalarFunction[] = [
  simple('uuid', [], LONGTEXT, madeUuid, { volatile: true, nullable: false }),
  simple('uuid_short', [], UNSIGNED_BIGINT, (_args, context) => uuidShort(context), {
    volatile: true,
    nullable: false,
  }),
  simple('is_uuid', [asText], BOOLEAN, ([text]) => (digitsOf(text as string) === undefined ? 0 : 1)),
  simple(
    'uuid_to_bin',
    [asText, asFlag],
    varbinary(16),
    ([text, swap]) => {
      const hex = digitsOf(text as string);
      if (hex === undefined) throw wrongUuid(text as string, 'uuid_to_bin');
      const swapped = swap === 1 ? hex.slice(12, 16) + hex.slice(8, 12) + hex.slice(0, 8) + hex.slice(16) : hex;
      return new Uint8Array(Buffer.from(swapped, 'hex'));
    },
    { optional: 1 },
  ),
  simple(
    'bin_to_uuid',
    [asBytes, asFlag],
    LONGTEXT,
    ([bytes, swap]) => {
      const hex = Buffer.from(bytes as Uint8Array).toString('hex');
      if (hex.length !== 32) throw wrongUuid(hex, 'bin_to_uuid');
      return dashed(swap === 1 ? hex.slice(8, 16) + hex.slice(4, 8) + hex.slice(0, 4) + hex.slice(16) : hex);
    },
    { optional: 1 },
  ),
];
