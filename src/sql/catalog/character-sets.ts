/** The character sets that a server tells of, each once, by name. */
import { allCollations, collationByName } from '../../tuple/collation.ts';

export interface CharacterSet {
  readonly name: string;
  readonly description: string;
  readonly defaultCollation: string;
  /** Bytes of the longest character. */
  readonly length: number;
}

const KNOWN: Readonly<Record<string, readonly [description: string, length: number]>> = {
  ascii: ['US ASCII', 1],
  binary: ['Binary pseudo charset', 1],
  latin1: ['cp1252 West European', 1],
  utf8mb3: ['UTF-8 Unicode', 3],
  utf8mb4: ['UTF-8 Unicode', 4],
};

export function characterSets(): CharacterSet[] {
  const sets: CharacterSet[] = [];
  for (const { characterSet, isDefault, name } of allCollations()) {
    if (!isDefault) continue;
    const [description, length] = KNOWN[characterSet] ?? [characterSet, 1];
    sets.push({ name: characterSet, description, defaultCollation: name, length });
  }
  return sets.sort((a, b) => (a.name < b.name ? -1 : 1));
}

let widths: ReadonlyMap<string, number> | undefined;

/** At most, in the collation's character set. */
export function bytesPerCharacter(collation: string | undefined): number {
  widths ??= new Map(characterSets().map(({ name, length }) => [name, length]));
  const set = collation === undefined ? undefined : collationByName(collation)?.characterSet;
  return (set === undefined ? undefined : widths.get(set)) ?? 4;
}
