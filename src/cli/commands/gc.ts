/** `dolt gc`. */
import { gc } from '../../verbs/gc.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(gc, {
  examples: ['dolt gc'],
  print({ chunksKept, bytesBefore, bytesAfter }, { terminal }) {
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
    terminal.line(`${chunksKept} chunks kept, ${megabytes(bytesBefore)} became ${megabytes(bytesAfter)}`);
  },
});
