/** `dolt hub token`: what a program logs in with. */
import { newToken } from '../../hub/accounts/passwords.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { actionOf } from './action.ts';
import { openHub, STORAGE_FLAGS } from './hub-flags.ts';

const DAY_MS = 86_400_000;

export const command: Command = {
  name: 'hub token',
  summary: 'Makes, lists and removes tokens, with which programs log in: in the place of a password, or as a bearer.',
  synopsis: ['new <user> [--name <name>] [--days <days>]', 'ls [<user>]', 'rm <user> <token id>'],
  positional: [
    ['action', 'new, ls or rm.'],
    ['user', 'Whose token it is.'],
    ['token id', 'The token, as ls shows it.'],
  ],
  flags: [
    ...STORAGE_FLAGS,
    { name: 'name', value: 'name', help: 'What it is for; ls shows it.' },
    { name: 'days', value: 'days', help: 'How long it is valid. For ever unless told.' },
  ],
  examples: ['dolt hub token new ada --name ci --days 90', 'dolt hub token rm ada 1f2e3d4c5b6a7988'],
  hasNoBranch: true,
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 3 }, args);
    const { terminal, environment } = context;
    const [action, user, id] = parsed.positional;
    switch (actionOf(action, ['new', 'ls', 'rm'])) {
      case 'new': {
        if (user === undefined) throw new UsageError('the name of a user is needed');
        const days = daysOf(parsed);
        const { book } = await openHub(context, parsed);
        const token = newToken();
        const created = environment.clock.now();
        const expires = days === undefined ? {} : { expires: created + days * DAY_MS };
        const kept = { id: token.id, name: parsed.value('name') ?? '', hash: token.hash, created, ...expires };
        await book.change((accounts) => accounts.withToken(user, kept));
        terminal.error('It is shown this once:');
        terminal.line(token.text);
        return 0;
      }
      case 'ls': {
        const { book } = await openHub(context, parsed);
        const accounts = await book.now();
        if (user !== undefined) accounts.mustGet(user);
        for (const [owner, { tokens }] of accounts.users) {
          if (user !== undefined && user !== owner) continue;
          for (const { id, name, created, expires } of tokens) {
            const until = expires === undefined ? '' : `until ${day(expires)}`;
            terminal.line([owner, id, name, `since ${day(created)}`, until].join('\t').trimEnd());
          }
        }
        return 0;
      }
      case 'rm': {
        if (user === undefined || id === undefined) throw new UsageError('a user and the id of a token are needed');
        const { book } = await openHub(context, parsed);
        await book.change((accounts) => accounts.withoutToken(user, id));
        return 0;
      }
    }
  },
};

function daysOf(parsed: ParsedArguments): number | undefined {
  const text = parsed.value('days');
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new UsageError(`error: invalid value '${text}' for --days: a number is needed`);
  return Number(text);
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
