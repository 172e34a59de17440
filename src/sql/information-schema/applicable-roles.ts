/** information_schema.APPLICABLE_ROLES: the roles of the session's account, and those that come with them. */
import { type AccountName, accountKey, sameAccount } from '../accounts/account.ts';
import { mandatoryEdges, mandatoryRoles } from '../accounts/mandatory-roles.ts';
import { bookOf } from '../session/account-rows.ts';
import { type SchemaTable, schemaColumns } from './schema-table.ts';

const columns = schemaColumns(
  'USER:n HOST:n GRANTEE:n GRANTEE_HOST:n ROLE_NAME:n ROLE_HOST:n IS_GRANTABLE:n! IS_DEFAULT:n IS_MANDATORY:n!',
);

export const table: SchemaTable = {
  open: (session) => {
    const book = bookOf(session);
    function* rows() {
      const self = session.access?.account;
      if (self === undefined) return;
      const defaults = book.get(self)?.defaultRoles ?? book.rolesOf(self);
      const mandatory = mandatoryRoles(session.engine.globals.text('mandatory_roles'));
      const isMandatory = (role: AccountName): boolean => mandatory.some((each) => sameAccount(each, role));
      const edges = [...book.snapshot.edges, ...mandatoryEdges(book, self, mandatory)];
      const seen = new Set<string>();
      const waiting: AccountName[] = [self];
      for (let grantee = waiting.shift(); grantee !== undefined; grantee = waiting.shift()) {
        if (seen.has(accountKey(grantee))) continue;
        seen.add(accountKey(grantee));
        for (const { role, to, withAdmin } of edges) {
          if (!sameAccount(to, grantee)) continue;
          waiting.push(role);
          const isDefault = defaults.some((each) => sameAccount(each, role));
          yield [
            ...[self.user, self.host, to.user, to.host, role.user, role.host],
            ...[withAdmin ? 'YES' : 'NO', isDefault ? 'YES' : 'NO', isMandatory(role) ? 'YES' : 'NO'],
          ];
        }
      }
    }
    return { kind: 'virtual', database: 'information_schema', name: 'APPLICABLE_ROLES', columns, rows };
  },
};
