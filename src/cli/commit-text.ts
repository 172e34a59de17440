/** A commit as `log` prints it. */
import type { Commit } from '../repo/commit.ts';
import type { LogEntry, LogResult } from '../verbs/log.ts';
import type { Terminal } from './terminal.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `Mon Jul 11 15:54:22 -0700 2022`, in the local time zone. */
export function dateText(milliseconds: number): string {
  const date = new Date(milliseconds);
  const zone = -date.getTimezoneOffset();
  const sign = zone < 0 ? '-' : '+';
  const offset = `${sign}${two(Math.trunc(Math.abs(zone) / 60))}${two(Math.abs(zone) % 60)}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${two(date.getDate())} ${time} ${offset} ${date.getFullYear()}`;
}

export function decorationText({ decorations }: LogEntry, { decorate }: LogResult, { colors }: Terminal): string {
  if (decorate === 'no' || decorations.length === 0) return '';
  const full = { head: 'refs/heads/', remote: 'refs/remotes/', tag: 'refs/tags/' };
  const names = decorations.map(({ kind, name, isHead }) => {
    const text = decorate === 'full' ? full[kind] + name : name;
    if (kind === 'tag') return colors.bold.yellow(`tag: ${text}`);
    if (kind === 'remote') return colors.bold.red(text);
    return isHead ? `${colors.bold.cyan('HEAD -> ')}${colors.bold.green(text)}` : colors.bold.green(text);
  });
  return `${colors.yellow('(')}${names.join(colors.yellow(', '))}${colors.yellow(')')} `;
}

/** `verified`: what there is to say of its signature. */
export function commitText(entry: LogEntry, result: LogResult, terminal: Terminal, verified = ''): string {
  const { commit } = entry;
  const decoration = decorationText(entry, result, terminal);
  const parents = result.showParents ? commit.parents.map((parent) => ` ${parent}`).join('') : '';
  const hash = terminal.colors.yellow(result.oneline ? commit.address : `commit ${commit.address}`);
  if (result.oneline) return `${hash}${parents} ${decoration}${commit.message.replaceAll('\n', ' ')}\n`;
  return `${hash}${parents} ${decoration}\n${bodyText(commit, terminal.colors.cyan(verified))}`;
}

function bodyText(commit: Commit, verified: string): string {
  const merge = commit.parents.length > 1 ? `Merge: ${commit.parents.join(' ')}\n` : '';
  const message = commit.message.replace(/\n+$/, '').split('\n').join('\n\t');
  return `${merge}${verified}Author: ${commit.author.name} <${commit.author.email}>\nDate:  ${dateText(commit.authorDate)}\n\n\t${message}\n\n`;
}
