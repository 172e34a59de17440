/**
 * The system variables that are known, one a line: name, scope, type, default. Scope: `b` both, `g` global only, `s`
 * session only. Types: bool, int, double, string, enum(a|b), set; `[1..9]` is what a number may be, `[-1,1..9]` or -1;
 * `readonly-…` ones are fixed at start.
 */
export const VARIABLE_TABLE = `
activate_all_roles_on_login g bool OFF
admin_address g readonly-string
admin_port g readonly-int[0..65535] 33062
admin_ssl_ca g string
admin_ssl_capath g string
admin_ssl_cert g string
admin_ssl_cipher g string
admin_ssl_crl g string
admin_ssl_crlpath g string
admin_ssl_key g string
admin_tls_ciphersuites g string
admin_tls_version g string TLSv1,TLSv1.1,TLSv1.2,TLSv1.3
authentication_windows_log_level g readonly-int[0..4] 2
authentication_windows_use_principal_name g readonly-bool ON
auto_generate_certs g readonly-bool ON
auto_increment_increment b int[1..65535] 1
auto_increment_offset b int[1..65535] 1
autocommit b bool ON
automatic_sp_privileges g bool ON
avoid_temporal_upgrade g bool OFF
aws_credentials_file b string
aws_credentials_profile b string
aws_credentials_region b string
back_log g readonly-int[-1,1..65535] -1
basedir g readonly-string
batch_mode b int 0
big_tables b bool OFF
bind_address g readonly-string *
binlog_checksum g string CRC32
binlog_expire_logs_seconds g int[0..4294967295] 2592000
binlog_format g enum(ROW) ROW
binlog_gtid_simple_recovery g readonly-bool ON
binlog_ignore_dbs b string
binlog_row_image b enum(MINIMAL|FULL|NOBLOB) FULL
binlog_row_metadata g enum(MINIMAL|FULL) MINIMAL
block_encryption_mode b string aes-128-ecb
bulk_insert_buffer_size b int[0..] 8388608
caching_sha2_password_auto_generate_rsa_keys g readonly-bool ON
caching_sha2_password_digest_rounds g readonly-int[5000..4095000] 5000
caching_sha2_password_private_key_path g readonly-string private_key.pem
caching_sha2_password_public_key_path g readonly-string public_key.pem
character_set_client b string utf8mb4
character_set_connection b string utf8mb4
character_set_database b string utf8mb4
character_set_filesystem b string binary
character_set_results b string utf8mb4
character_set_server b string utf8mb4
character_set_system g readonly-string utf8mb4
character_sets_dir g readonly-string
check_constraint_checks b bool ON
check_proxy_users g bool OFF
collation_connection b string utf8mb4_0900_bin
collation_database b string utf8mb4_0900_bin
collation_server b string utf8mb4_0900_bin
completion_type b enum(NO_CHAIN|CHAIN|RELEASE) NO_CHAIN
concurrent_insert g enum(NEVER|AUTO|ALWAYS) AUTO
connect_timeout g int[2..31536000] 10
core_file g readonly-bool OFF
create_admin_listener_thread g readonly-bool OFF
cte_max_recursion_depth b int[0..4294967295] 1000
datadir g readonly-string
debug_sync s string
default_authentication_plugin g readonly-enum caching_sha2_password
default_collation_for_utf8mb4 b enum(utf8mb4_0900_ai_ci|utf8mb4_general_ci) utf8mb4_0900_ai_ci
default_password_lifetime g int[0..65535] 0
default_storage_engine b enum(MEMORY|MRG_MYISAM|CSV|FEDERATED|PERFORMANCE_SCHEMA|MyISAM|InnoDB|BLACKHOLE|ARCHIVE) InnoDB
default_table_encryption b bool OFF
default_tmp_storage_engine b enum(MEMORY|MRG_MYISAM|CSV|FEDERATED|PERFORMANCE_SCHEMA|MyISAM|InnoDB|BLACKHOLE|ARCHIVE) InnoDB
default_week_format b int[0..7] 0
delay_key_write g enum(ON|OFF|ALL) ON
delayed_insert_limit g int[1..] 100
delayed_insert_timeout g int 300
delayed_queue_size g int[1..] 1000
disable_merge_join b bool OFF
disabled_storage_engines g readonly-string
disconnect_on_expired_password g readonly-bool ON
div_precision_increment b int[0..30] 4
dolt_allow_ci_creation b bool OFF
dolt_allow_commit_conflicts b bool OFF
dolt_async_replication g bool OFF
dolt_author_date s string
dolt_author_email s string
dolt_author_name s string
dolt_auto_gc_enabled g bool ON
dolt_cluster_ack_writes_timeout_secs g int 0
dolt_commit_verification_groups b string
dolt_committer_date s string
dolt_committer_email s string
dolt_committer_name s string
dolt_dont_merge_json b bool OFF
dolt_force_transaction_commit b bool OFF
dolt_optimize_json g bool ON
dolt_override_schema b string
dolt_read_replica_force_pull g bool ON
dolt_read_replica_remote g string
dolt_replicate_all_heads g bool OFF
dolt_replicate_heads g string
dolt_replicate_to_remote g string
dolt_replication_remote_url_template g string
dolt_replication_timeout_ms g int 30000
dolt_show_branch_databases b bool OFF
dolt_show_system_tables b bool OFF
dolt_skip_replication_errors g bool OFF
dolt_stats_branches g string
dolt_stats_enabled g bool ON
dolt_stats_gc_enabled g bool ON
dolt_stats_gc_interval g int 3600000
dolt_stats_job_interval g int 30
dolt_stats_memory_only g bool OFF
dolt_stats_paused g bool ON
dolt_transaction_commit b bool OFF
dolt_transaction_commit_message b string
dolt_transactions_disabled b bool OFF
dragnet.log_error_filter_rules g string drop
end_markers_in_json b bool OFF
enforce_gtid_consistency g enum(OFF|ON|WARN) OFF
eq_range_index_dive_limit b int[0..4294967295] 200
event_scheduler g enum(OFF|ON|DISABLED) ON
explicit_defaults_for_timestamp b bool ON
external_user s readonly-string
flush g bool OFF
flush_time g int[0..] 0
foreign_key_checks b bool ON
ft_boolean_syntax g string + -><()~*:""&|
ft_max_word_len g readonly-int 0
ft_min_word_len g readonly-int[1..] 4
ft_query_expansion_limit g readonly-int[0..1000] 20
ft_stopword_file g readonly-string
general_log g bool OFF
general_log_file g string
generated_random_password_length b int[5..255] 20
gpgsign b bool OFF
group_concat_max_len b int[4..] 1024
gtid_domain_id b int[0..4294967295] 0
gtid_executed g readonly-string
gtid_executed_compression_period g int[0..4294967295] 0
gtid_mode g enum(OFF|OFF_PERMISSIVE|ON_PERMISSIVE|ON) OFF
gtid_next s enum(AUTOMATIC|ANONYMOUS|UUID:NUMBER) AUTOMATIC
gtid_owned b readonly-string
gtid_purged g string
gtid_seq_no s int[0..] 0
have_statement_timeout g readonly-bool OFF
histogram_generation_max_mem_size b int[1000000..] 20000000
host_cache_size g int[-1,0..65536] -1
hostname g readonly-string
immediate_server_version s int 80017
information_schema_stats_expiry b int[0..31536000] 86400
init_connect g string
init_file g readonly-string
inmemory_joins s bool OFF
innodb_autoinc_lock_mode g readonly-int[0..2] 2
innodb_buffer_pool_size g int[5242880..] 134217728
innodb_lock_wait_timeout b int[1..1] 1
innodb_stats_auto_recalc g bool ON
interactive_timeout b int[1..] 28800
internal_tmp_disk_storage_engine g enum(MYISAM|INNODB) INNODB
internal_tmp_mem_storage_engine b enum(TempTable|MEMORY) TempTable
join_buffer_size b int[128..] 262144
join_complexity_limit b int[2..20] 12
keep_files_on_create b bool OFF
key_buffer_size g int[8..] 8388608
key_cache_age_threshold g int[100..] 300
key_cache_block_size g int[512..16384] 1024
key_cache_division_limit g int[1..100] 100
large_files_support g readonly-bool OFF
large_page_size g readonly-int 0
large_pages g readonly-bool OFF
lc_messages b string en_US
lc_messages_dir g readonly-string
lc_time_names b string
license g readonly-string GPL
local_infile g bool OFF
lock_wait_timeout b int[1..31536000] 31536000
lock_warnings s bool OFF
log_bin g bool OFF
log_bin_branch b string main
log_error g readonly-string
log_error_services g string log_filter_internal; log_sink_internal
log_error_suppression_list g string
log_error_verbosity g int[1..3] 2
log_output g set FILE
log_queries_not_using_indexes g bool OFF
log_raw g bool OFF
log_replica_updates g bool ON
log_slave_updates g bool ON
log_slow_admin_statements g bool OFF
log_slow_extra g bool OFF
log_syslog g bool ON
log_syslog_facility g string daemon
log_syslog_include_pid g bool ON
log_syslog_tag g string
log_throttle_queries_not_using_indexes g int 0
log_timestamps g enum(UTC|SYSTEM) UTC
long_query_time b double[0..] 10
low_priority_updates b bool OFF
lower_case_file_system g readonly-bool OFF
lower_case_table_names g readonly-int[0..2] 0
mandatory_roles g string
max_allowed_packet b int[1024..1073741824] 1073741824
max_binlog_size g int[4096..1073741824] 1073741824
max_connect_errors g int[1..] 100
max_connections g int[1..100000] 151
max_delayed_threads b int[0..16384] 20
max_digest_length g readonly-int[0..1048576] 1024
max_error_count b int[0..65535] 1024
max_execution_time b int 0
max_heap_table_size b int[16384..] 16777216
max_insert_delayed_threads b int 0
max_join_size b int[1..] 18446744073709551615
max_length_for_sort_data b int[4..8388608] 4096
max_points_in_geometry b int[3..1048576] 65536
max_prepared_stmt_count g int[0..4194304] 16382
max_seeks_for_key b int[1..] 18446744073709551615
max_sort_length b int[4..8388608] 1024
max_sp_recursion_depth b int[..255] 0
max_statement_memory b int[1024..] 536870912
max_user_connections b int[0..4294967295] 0
max_write_lock_count g int[1..] 18446744073709551615
mecab_rc_file g readonly-string
metadata_locks_cache_size g readonly-int[1..1048576] 1024
metadata_locks_hash_instances g readonly-int[1..1024] 8
min_examined_row_limit b int[0..] 0
myisam_data_pointer_size g int[2..7] 6
myisam_max_sort_file_size g int 9223372036853727232
myisam_mmap_size g readonly-int[7..] 18446744073709551615
myisam_recover_options g readonly-enum OFF
myisam_repair_threads b int[1..] 1
myisam_sort_buffer_size b int[4096..] 8388608
myisam_stats_method b enum(nulls_equal|nulls_unequal|nulls_ignored) nulls_unequal
myisam_use_mmap g bool OFF
mysql_native_password_proxy_users g bool OFF
named_pipe g readonly-bool OFF
named_pipe_full_access_group g readonly-string
ndbinfo_version g readonly-string
net_buffer_length b int[1024..1048576] 16384
net_read_timeout b int[1..] 30
net_retry_count b int[1..] 10
net_write_timeout b int[1..] 60
new b bool OFF
ngram_token_size g readonly-int[1..10] 2
offline_mode g bool OFF
old g readonly-bool OFF
old_alter_table b bool OFF
open_files_limit g readonly-int[0..] 5000
optimizer_prune_level b int[0..1] 1
optimizer_search_depth b int[0..62] 62
optimizer_trace b string
optimizer_trace_features b string
optimizer_trace_limit b int 1
optimizer_trace_max_mem_size b int 1048576
optimizer_trace_offset b int -1
original_server_version s int 80017
parser_max_mem_size b int[10000000..] 18446744073709551615
partial_revokes g bool OFF
password_history g int[0..4294967295] 0
password_require_current g bool OFF
password_reuse_interval g int[0..4294967295] 0
performance_schema g readonly-bool OFF
persist_only_admin_x509_subject g readonly-string
persisted_globals_load g readonly-bool ON
pid_file g readonly-string
plugin_dir g readonly-string
port g readonly-int[0..65535] 3306
preload_buffer_size b int[1024..1073741824] 32768
print_identified_with_as_hex b bool OFF
protocol_compression_algorithms g set zlib,zstd,uncompressed
protocol_version g readonly-int 0
proxy_user s readonly-string
pseudo_slave_mode s bool OFF
query_cache_size b int[0..] 1
query_cache_type b enum(OFF|ON|DEMAND) OFF
range_optimizer_max_mem_size b int[0..] 8388608
rbr_exec_mode b enum(IDEMPOTENT|STRICT) STRICT
read_buffer_size b int[8192..2147479552] 131072
read_only g bool OFF
read_rnd_buffer_size b int[1..2147483647] 262144
regexp_buffer_size g int[0..67108864] 524288
regexp_stack_limit g int[0..2147483647] 8000000
regexp_time_limit g int[0..2147483647] 32
require_row_format s bool OFF
require_secure_transport g bool OFF
resultset_metadata s enum(FULL|NONE) FULL
schema_definition_cache g int[256..524288] 256
secondary_engine_cost_threshold s double[0..] 100000
secure_file_priv g readonly-string
select_into_buffer_size b int[8192..2147479552] 131072
select_into_disk_sync b bool OFF
select_into_disk_sync_delay b int[0..31536000] 0
server_id g string 1
server_uuid g string
session_track_gtids b enum(OFF|OWN_GTID|ALL_GTIDS) OFF
session_track_schema b bool ON
session_track_state_change b bool OFF
session_track_system_variables b string time_zone, autocommit, character_set_client, character_set_results, character_set_connection
session_track_transaction_info b enum(OFF|STATE|CHARACTERISTICS) OFF
sha256_password_auto_generate_rsa_keys g readonly-bool ON
sha256_password_private_key_path g readonly-string private_key.pem
sha256_password_proxy_users g bool OFF
sha256_password_public_key_path g readonly-string public_key.pem
shared_memory g readonly-bool OFF
shared_memory_base_name g readonly-string MYSQL
show_create_table_skip_secondary_engine s bool OFF
show_create_table_verbosity b bool OFF
show_external_procedures b bool ON
show_old_temporals b bool OFF
signingkey b string
skip_external_locking g readonly-bool ON
skip_name_resolve g readonly-bool OFF
skip_networking g readonly-bool OFF
skip_parallel_replication s bool OFF
skip_show_database g readonly-bool OFF
slow_launch_time g int 2
slow_query_log g bool OFF
slow_query_log_file g string
socket g readonly-string
sort_buffer_size b int[32768..] 262144
sql_auto_is_null b bool OFF
sql_big_selects b bool ON
sql_buffer_result b bool OFF
sql_if_exists b bool OFF
sql_log_bin b bool OFF
sql_log_off b bool OFF
sql_mode b set NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES
sql_notes b bool ON
sql_quote_show_create b bool ON
sql_require_primary_key b bool OFF
sql_safe_updates b bool OFF
sql_select_limit b int 2147483647
sql_warnings b bool ON
ssl_ca g string
ssl_capath g string
ssl_cert g string
ssl_cipher g string
ssl_crl g string
ssl_crlpath g readonly-string
ssl_fips_mode g enum(OFF|ON|STRICT) OFF
ssl_key g string
stored_program_cache g int[16..524288] 256
stored_program_definition_cache g int[256..524288] 256
strict_mysql_compatibility b bool OFF
super_read_only g bool OFF
syseventlog.facility g string daemon
syseventlog.include_pid g bool ON
syseventlog.tag g string
system_time_zone g readonly-string UTC
system_versioning_insert_history b bool OFF
table_definition_cache g int[-1,400..524288] -1
table_encryption_privilege_check g bool OFF
table_open_cache g int[1..524288] 4000
table_open_cache_instances g readonly-int[1..64] 16
tablespace_definition_cache g int[256..524288] 256
temptable_max_mmap g int[0..] 1073741824
temptable_max_ram g int[2097152..] 1073741824
temptable_use_mmap g bool ON
thread_cache_size g int[-1,0..16384] -1
thread_handling g readonly-enum one-thread-per-connection
thread_pool_algorithm g readonly-int[0..1] 0
thread_pool_high_priority_connection b int[0..1] 0
thread_pool_max_active_query_threads g int[0..512] 0
thread_pool_max_unused_threads g int[0..4096] 0
thread_pool_prio_kickup_timer g int[0..4294967294] 1000
thread_pool_size g readonly-int[1..512] 16
thread_pool_stall_limit g int[4..600] 6
time_zone b string SYSTEM
tls_ciphersuites g string
tls_version g string TLSv1,TLSv1.1,TLSv1.2,TLSv1.3
tmp_table_size b int[1024..] 16777216
tmpdir g readonly-string
transaction_isolation b enum(READ-UNCOMMITTED|READ-COMMITTED|REPEATABLE-READ|SERIALIZABLE) REPEATABLE-READ
transaction_prealloc_size b int[1024..131072] 4096
transaction_read_only b bool OFF
tx_isolation b enum(READ-UNCOMMITTED|READ-COMMITTED|REPEATABLE-READ|SERIALIZABLE) REPEATABLE-READ
tx_read_only b bool OFF
unique_checks b bool ON
updatable_views_with_limit b bool ON
uptime b bool
use_secondary_engine s enum(OFF|ON|FORCED) ON
validate_password.length g int[0..2147483647] 8
validate_password.mixed_case_count g int[0..2147483647] 1
validate_password.number_count g int[0..2147483647] 1
validate_password.special_char_count g int[0..2147483647] 1
validate_user_plugins g readonly-bool ON
version g readonly-string 8.0.31
version_comment g readonly-string Dolt
version_compile_machine g readonly-string
version_compile_os g readonly-string
version_compile_zlib g readonly-string
wait_timeout b int[1..31536000] 28800
windowing_use_high_precision b bool ON
`;
