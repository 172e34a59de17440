/** `dolt docs print`: a document of the working set. */
import { documentsOf } from '../../sql/catalog/documents.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { openWorkspace } from '../verb-command.ts';
import { assertDocumentName } from './document-name.ts';

export const command: Command = {
  name: 'docs print',
  summary: 'Prints Dolt Docs to stdout',
  synopsis: ['<doc>'],
  positional: [['doc', 'Dolt doc to be read.']],
  flags: [],
  examples: ['dolt docs print README.md'],
  async run(context, args) {
    const { positional } = parseArguments({ ...command, maxPositional: 1 }, args);
    const [name] = positional;
    if (name === undefined) throw new UsageError('dolt docs print takes exactly one argument');
    assertDocumentName(name);
    const { working } = openWorkspace(context, context.repository()).workingSet();
    context.terminal.write(documentsOf(working).get(name) ?? '');
    return 0;
  },
};
