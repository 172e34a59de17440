/** docs/functions.md, made of the registry and the notes. */
import { aggregateSections, windowSection } from './aggregates-and-windows.ts';
import { dateSection } from './dates.ts';
import { hashAndSessionSections } from './hashes-and-session.ts';
import { jsonSections } from './json.ts';
import { missingFunctions } from './missing.ts';
import type { FunctionNote, Section } from './section.ts';
import { spatialSections } from './spatial.ts';
import { textAndNumberSections } from './text-and-numbers.ts';

/** What a registered function is called. Lower case. */
export interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
}

export const sections: readonly Section[] = [
  ...textAndNumberSections,
  dateSection,
  ...jsonSections,
  ...hashAndSessionSections,
  ...spatialSections,
  ...aggregateSections,
  windowSection,
];

/** The name in a note's signature, in lower case. An operator's stands between its operands. */
export function nameOf([signature]: FunctionNote): string {
  const operator = /^[a-z]+ ([A-Z ]+) \(/.exec(signature)?.[1];
  if (operator !== undefined) return operator.toLowerCase();
  return signature.slice(0, signature.indexOf('(')).toLowerCase();
}

const HEAD = `# Functions

Made of the registry by \`npm run docs:functions\`; a test fails when it is stale. The reference is the source that each
section names; where the result differs from Dolt's or MySQL's, \`src/sql/functions/README.md\` says so. \`SELECT\` has besides
them \`CAST\`, \`CONVERT\`, \`CASE\`, \`GROUPING\`, \`VALUES\`, \`DEFAULT\` and the operators; FROM has \`JSON_TABLE\`.
`;

export function functionsPage(registered: readonly Named[]): string {
  const known = new Map(registered.map((found) => [found.name, found]));
  const parts = [HEAD];
  for (const { title, source, functions } of sections) {
    parts.push(`## ${title}\n\nSource: [${source.name}](${source.url}).\n`);
    parts.push('| function | |\n|---|---|');
    for (const note of functions) {
      const aliases = known.get(nameOf(note))?.aliases ?? [];
      const also = aliases.length === 0 ? '' : ` Also ${aliases.map((alias) => alias.toUpperCase()).join(', ')}.`;
      parts.push(`| \`${note[0].replaceAll('|', '\\|')}\` | ${note[1].replaceAll('|', '\\|')}${also} |`);
    }
    parts.push('');
  }
  parts.push('## Missing\n\n| function | why |\n|---|---|');
  for (const [names, reason] of missingFunctions) parts.push(`| ${names} | ${reason} |`);
  return `${parts.join('\n')}\n`;
}
