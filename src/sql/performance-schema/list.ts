/** The tables of performance_schema that there are, loaded when a statement names one. One file each. */
import type { VirtualSource } from '../catalog/catalog.ts';
import type { Session } from '../session/session.ts';

export interface PerformanceTable {
  open(session: Session): VirtualSource;
}

const part = async (module: Promise<{ readonly table: PerformanceTable }>): Promise<PerformanceTable> =>
  (await module).table;

export const performanceTables: Readonly<Record<string, () => Promise<PerformanceTable>>> = {
  global_status: () => part(import('./global-status.ts')),
  global_variables: () => part(import('./global-variables.ts')),
  session_account_connect_attrs: () => part(import('./session-account-connect-attrs.ts')),
  session_connect_attrs: () => part(import('./session-connect-attrs.ts')),
  session_status: () => part(import('./session-status.ts')),
  session_variables: () => part(import('./session-variables.ts')),
};
