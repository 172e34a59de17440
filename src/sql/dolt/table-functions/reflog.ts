/** `dolt_reflog(['ref'] [, '--all'])`: where refs have pointed, the latest first. */
import { reflog } from '../../../repo/reflog.ts';
import { SqlError } from '../../types/sql-error.ts';
import { LONGTEXT, timestamp } from '../../types/sql-type.ts';
import { moment } from '../system-tables/commit-columns.ts';
import type { DoltTableFunction } from './list.ts';

export const tableFunction: DoltTableFunction = {
  open(args, { session }) {
    const view = session.view(session.handle());
    const wrong = args.find((arg) => typeof arg !== 'string');
    if (wrong !== undefined) throw new SqlError(1105, 'HY000', `argument (${String(wrong)}) is not a string value`);
    // Refs that `--all` would add, DoltHub's workspaces, are none here.
    const names = args.filter((arg) => arg !== '--all') as string[];
    if (names.length > 1) {
      throw new SqlError(
        1105,
        'HY000',
        `error: dolt_reflog has too many positional arguments. Expected at most 1, found ${names.length}: ${names.join(', ')}`,
      );
    }
    return {
      kind: 'virtual',
      database: view.name,
      name: 'dolt_reflog',
      columns: [
        { name: 'ref', type: LONGTEXT, nullable: false },
        { name: 'ref_timestamp', type: timestamp(), nullable: true },
        { name: 'commit_hash', type: LONGTEXT, nullable: false },
        { name: 'commit_message', type: LONGTEXT, nullable: false },
      ],
      *rows() {
        for (const { ref, seconds, commit, message } of reflog(view.repository, names[0])) {
          yield [ref, seconds === undefined ? null : moment(seconds * 1000), commit, message];
        }
      },
    };
  },
};
