/** The help of one command, laid out as Dolt's manual pages are. */
import type { CommandWords } from './command.ts';
import type { Terminal } from './terminal.ts';

export function helpText(command: CommandWords, terminal: Terminal): string {
  const bold = terminal.colors.bold;
  const lines = [bold('NAME'), `\tdolt ${command.name} - ${command.summary}`, '', bold('SYNOPSIS')];
  for (const synopsis of command.synopsis) lines.push(`\tdolt ${command.name} ${synopsis}`.trimEnd());
  if (command.positional.length > 0 || command.flags.length > 0) lines.push('', bold('OPTIONS'));
  for (const [name, help] of command.positional) lines.push(`\t<${name}>`, `\t  ${help}`, '\t');
  for (const flag of command.flags) {
    const value = flag.value ? `=<${flag.value}>` : '';
    const short = flag.short ? `-${flag.short}${flag.value ? ` <${flag.value}>` : ''}, ` : '';
    const long =
      flag.name.length === 1 ? `-${flag.name}${flag.value ? ` <${flag.value}>` : ''}` : `--${flag.name}${value}`;
    lines.push(`\t${short}${long}`, `\t  ${flag.help}`, '\t');
  }
  lines.push(bold(command.examples.length > 1 ? 'EXAMPLES' : 'EXAMPLE'));
  for (const example of command.examples) lines.push(`\t${example}`);
  return `${lines.join('\n')}\n`;
}
