/** The roles of the session's account, and those that come with them, one row for each way that one was granted. */

import { mandatoryEdges, mandatoryRoles } from '../accounts/mandatory-roles.ts';
import type { VirtualSource } from '../catalog/catalog.ts';
import { bookOf } from '../session/account-rows.ts';
import type { Session } from '../session/session.ts';
import { type AccountName, accountKey, sameAccount } from '../types/account-name.ts';
import { type SchemaTable, schemaColumns } from './schema-table.ts';

export interface GrantedRole {
  readonly grantee: AccountName;
  readonly role: AccountName;
  readonly withAdmin: boolean;
  readonly isDefault: boolean;
  readonly isMandatory: boolean;
}

function* grantedRoles(session: Session, self: AccountName): Generator<GrantedRole> {
  const book = bookOf(session);
  const defaults = book.get(self)?.defaultRoles ?? book.rolesOf(self);
  const mandatory = mandatoryRoles(session.engine.globals.text('mandatory_roles'));
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
      const isMandatory = mandatory.some((each) => sameAccount(each, role));
      yield { grantee, role, withAdmin, isDefault, isMandatory };
    }
  }
}

/** A table of those that `isShown`. */
export function rolesTable(name: string, isShown: (role: GrantedRole) => boolean): SchemaTable {
  const columns = schemaColumns(
    'USER:v97 HOST:v256 GRANTEE:v97 GRANTEE_HOST:v256 ROLE_NAME:v255 ROLE_HOST:v256 IS_GRANTABLE:v3! IS_DEFAULT:v3 ' +
      'IS_MANDATORY:v3!',
  );
  return {
    open: (session): VirtualSource => {
      bookOf(session);
      const self = session.access?.account;
      const rows = function* () {
        for (const each of self === undefined ? [] : grantedRoles(session, self)) {
          if (!isShown(each)) continue;
          const { grantee, role, withAdmin, isDefault, isMandatory } = each;
          yield [
            ...[self!.user, self!.host, grantee.user, grantee.host, role.user, role.host],
            ...[yesNo(withAdmin), yesNo(isDefault), yesNo(isMandatory)],
          ];
        }
      };
      return { kind: 'virtual', database: 'information_schema', name, columns, rows };
    },
  };
}

export const yesNo = (yes: boolean): 'YES' | 'NO' => (yes ? 'YES' : 'NO');
