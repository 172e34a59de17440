/** `dolt_branch_control`: who may do what on which branches (accounts/branch-control). */
import { PERMISSION_NAMES } from '../../accounts/branch-control/permissions.ts';
import type { SystemTable } from '../../catalog/system-table.ts';
import { CASELESS, ruleColumns, ruleSource } from '../rule-source.ts';
import { field } from './commit-columns.ts';

const COLUMNS = [...ruleColumns, field('permissions', { kind: 'set', members: PERMISSION_NAMES, collation: CASELESS })];

export const table: SystemTable = {
  name: 'dolt_branch_control',
  open: (view, _, scene) => ruleSource(view, 'dolt_branch_control', COLUMNS, scene.branchRules('access')),
};
