/** `dolt_branch_status('base', 'revision', …)`: how many commits each revision has that the base lacks, and vice versa. */
import { aheadAndBehind } from '../../../repo/log-walk.ts';
import { SqlError } from '../../types/sql-error.ts';
import { text, UNSIGNED_BIGINT } from '../../types/sql-type.ts';
import type { DoltTableFunction } from './list.ts';

export const tableFunction: DoltTableFunction = {
  open(args, { session }) {
    const view = session.view(session.handle());
    const revisions = args.map((arg) => {
      if (typeof arg === 'string') return arg;
      throw new SqlError(1105, 'HY000', `received '${String(arg)}' when expecting string`);
    });
    const [base, ...others] = revisions;
    if (base === undefined) {
      throw new SqlError(1105, 'HY000', "function 'DOLT_BRANCH_STATUS' expected at least 1 arguments, 0 received");
    }
    return {
      kind: 'virtual',
      database: view.name,
      name: 'dolt_branch_status',
      columns: [
        { name: 'branch', type: text(), nullable: false },
        { name: 'commits_ahead', type: UNSIGNED_BIGINT, nullable: false },
        { name: 'commits_behind', type: UNSIGNED_BIGINT, nullable: false },
      ],
      *rows() {
        if (others.length === 0) return;
        const { nodes } = view.repository;
        const from = view.resolveCommit(base);
        for (const revision of others) {
          const { ahead, behind } = aheadAndBehind(nodes, view.resolveCommit(revision), from);
          yield [revision, ahead, behind];
        }
      },
    };
  },
};
