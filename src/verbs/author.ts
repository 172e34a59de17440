/** `--author 'Name <address>'`, as commits, merges and tags take it. */
import type { Identity } from '../repo/identity.ts';
import { UsageError } from './arguments.ts';

export function parseAuthor(text: string): Identity {
  if (text === '') throw new UsageError("Option 'author' requires a value");
  const match = /([^)]+) <([^)]+)/.exec(text);
  if (!match) throw new UsageError("Author not formatted correctly. Use 'Name <author@example.com>' format");
  return { name: match[1]!, email: match[2]!.replaceAll('>', '') };
}
