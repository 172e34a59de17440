/** mysql.role_edges. */
import { accountsTable, FLAG, keys, yesNo } from './accounts-table.ts';

export const table = accountsTable(
  'role_edges',
  [...keys('FROM_HOST', 'FROM_USER', 'TO_HOST', 'TO_USER'), { name: 'WITH_ADMIN_OPTION', type: FLAG }],
  (book) =>
    book.snapshot.edges.map(({ role, to, withAdmin }) => [role.host, role.user, to.host, to.user, yesNo(withAdmin)]),
);
