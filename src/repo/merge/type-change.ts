/**
 * Which changes of a column's type a merge can follow when only one side made them: texts and byte strings that get
 * longer, enums and sets that get values at their end. Anything else is a schema conflict, as in the original.
 */

export interface TypeChange {
  readonly compatible: boolean;
  /** Rows of the other side have to be written anew. */
  readonly rewritesRows: boolean;
  /** Secondary indexes have to be built anew. */
  readonly rebuildsIndexes: boolean;
}

const INCOMPATIBLE: TypeChange = { compatible: false, rewritesRows: false, rebuildsIndexes: false };
const EQUAL: TypeChange = { compatible: true, rewritesRows: false, rebuildsIndexes: false };

/** What it takes to go from one stored type text to another. */
export function typeChange(from: string, to: string): TypeChange {
  if (from === to) return EQUAL;
  const a = parseStringType(from);
  const b = parseStringType(to);
  if (a !== undefined && b !== undefined && a.binary === b.binary) return stringChange(a, b);
  const before = parseElements(from);
  const after = parseElements(to);
  if (before === undefined || after === undefined || before.kind !== after.kind || before.rest !== after.rest) {
    return INCOMPATIBLE;
  }
  return before.elements.every((element, i) => element === after.elements[i]) ? EQUAL : INCOMPATIBLE;
}

interface StringType {
  readonly binary: boolean;
  /** TEXT and BLOB: stored apart from their rows. */
  readonly long: boolean;
  readonly fixedBinary: boolean;
  readonly maximumBytes: number;
  readonly characterSet: string;
  readonly collation: string;
}

const LONG_BYTES: Readonly<Record<string, number>> = { tiny: 255, '': 65535, medium: 16777215, long: 4294967295 };
const CHARACTER_BYTES: Readonly<Record<string, number>> = {
  utf8mb4: 4,
  utf8mb3: 3,
  utf8: 3,
  latin1: 1,
  ascii: 1,
  binary: 1,
};

function parseStringType(text: string): StringType | undefined {
  const match = /^(?:(var)?(char|binary)\((\d+)\)|(tiny|medium|long)?(text|blob))(.*)$/i.exec(text);
  if (match === null) return undefined;
  const [, variable, short, length, size, long, rest] = match;
  const collation = /\bcollate\s+(\w+)/i.exec(rest!)?.[1]?.toLowerCase() ?? 'utf8mb4_0900_bin';
  const characterSet = /\bcharacter set\s+(\w+)/i.exec(rest!)?.[1]?.toLowerCase() ?? collation.split('_')[0]!;
  const binary = (short ?? long)!.toLowerCase() === 'binary' || long?.toLowerCase() === 'blob';
  const width = binary ? 1 : (CHARACTER_BYTES[characterSet] ?? 4);
  return {
    binary,
    long: long !== undefined,
    fixedBinary: short?.toLowerCase() === 'binary' && variable === undefined,
    maximumBytes: long === undefined ? Number(length) * width : LONG_BYTES[size?.toLowerCase() ?? '']!,
    characterSet: binary ? 'binary' : characterSet,
    collation: binary ? 'binary' : collation,
  };
}

function stringChange(from: StringType, to: StringType): TypeChange {
  if (to.characterSet !== from.characterSet || to.maximumBytes < from.maximumBytes) return INCOMPATIBLE;
  // A BINARY is padded to its length.
  const rewritesRows = from.long !== to.long || to.fixedBinary;
  return { compatible: true, rewritesRows, rebuildsIndexes: rewritesRows || from.collation !== to.collation };
}

function parseElements(text: string): { kind: string; elements: readonly string[]; rest: string } | undefined {
  const match = /^(enum|set)\((.*)\)([^')]*)$/is.exec(text);
  if (match === null) return undefined;
  return { kind: match[1]!.toLowerCase(), elements: match[2]!.match(/'(?:[^']|'')*'/g) ?? [], rest: match[3]! };
}
