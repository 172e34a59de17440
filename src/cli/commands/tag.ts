/** `dolt tag`. */
import { tag } from '../../verbs/tag.ts';
import { dateText } from '../commit-text.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(tag, {
  examples: ['dolt tag v1 -m "The first release"', 'dolt tag -v', 'dolt tag -d v1'],
  movesHeads: ({ kind }) => kind !== 'list',
  print(result, { terminal }) {
    if (result.kind !== 'list') return;
    for (const { name, commit, tagger, taggerDate, message } of result.tags) {
      if (!result.verbose) terminal.line(`\t${name}`);
      else {
        terminal.line(`${terminal.colors.yellow(`${name}\t${commit}`)}\nTagger: ${tagger.name} <${tagger.email}>`);
        terminal.line(`Date:   ${dateText(taggerDate)}`);
        if (message !== '') terminal.line(`\n\t${message.split('\n').join('\n\t')}`);
        terminal.line('');
      }
    }
  },
});
