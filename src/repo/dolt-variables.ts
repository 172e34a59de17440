/**
 * The names of Dolt's own system variables, which configuration may set as `sqlserver.global.<name>`. A misspelt one
 * would silently change nothing, so whoever takes one in checks it here.
 */
export const DOLT_VARIABLES: readonly string[] = [
  'dolt_allow_ci_creation',
  'dolt_allow_commit_conflicts',
  'dolt_async_replication',
  'dolt_author_date',
  'dolt_author_email',
  'dolt_author_name',
  'dolt_auto_gc_enabled',
  'dolt_cluster_ack_writes_timeout_secs',
  'dolt_cluster_role',
  'dolt_cluster_role_epoch',
  'dolt_commit_verification_groups',
  'dolt_committer_date',
  'dolt_committer_email',
  'dolt_committer_name',
  'dolt_dont_merge_json',
  'dolt_force_transaction_commit',
  'dolt_log_level',
  'dolt_optimize_json',
  'dolt_override_schema',
  'dolt_read_replica_force_pull',
  'dolt_read_replica_remote',
  'dolt_replicate_all_heads',
  'dolt_replicate_heads',
  'dolt_replicate_to_remote',
  'dolt_replication_remote_url_template',
  'dolt_replication_timeout_ms',
  'dolt_show_branch_databases',
  'dolt_show_system_tables',
  'dolt_skip_replication_errors',
  'dolt_stats_branches',
  'dolt_stats_enabled',
  'dolt_stats_gc_enabled',
  'dolt_stats_gc_interval',
  'dolt_stats_job_interval',
  'dolt_stats_memory_only',
  'dolt_stats_paused',
  'dolt_transaction_commit',
  'dolt_transaction_commit_message',
  'dolt_transactions_disabled',
];

/** Prefix of the configuration keys of system variables. */
export const VARIABLE_PREFIX = 'sqlserver.global.';
