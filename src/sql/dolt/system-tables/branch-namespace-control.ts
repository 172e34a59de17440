/** `dolt_branch_namespace_control`: who may make branches of which names (accounts/branch-control). */
import type { SystemTable } from '../../catalog/system-table.ts';
import { ruleColumns, ruleSource } from '../rule-source.ts';

export const table: SystemTable = {
  name: 'dolt_branch_namespace_control',
  open: (view, _, scene) =>
    ruleSource(view, 'dolt_branch_namespace_control', ruleColumns, scene.branchRules('namespace')),
};
