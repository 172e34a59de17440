/**
 * Tables of information_schema that have no rows here: what they would tell of (plugins, spatial reference systems, the
 * insides of InnoDB) is not there, or not kept. Programs ask for them all the same.
 */
export const EMPTY_TABLES: Readonly<Record<string, string>> = {
  column_statistics: 'SCHEMA_NAME:n! TABLE_NAME:n! COLUMN_NAME:n! HISTOGRAM:j!',
  files:
    'FILE_ID:i FILE_NAME:s FILE_TYPE:v256 TABLESPACE_NAME:v268 TABLE_CATALOG:v0 TABLE_SCHEMA:x TABLE_NAME:x ' +
    'LOGFILE_GROUP_NAME:v256 LOGFILE_GROUP_NUMBER:i ENGINE:n FULLTEXT_KEYS:x DELETED_ROWS:x UPDATE_COUNT:x ' +
    'FREE_EXTENTS:i TOTAL_EXTENTS:i EXTENT_SIZE:i INITIAL_SIZE:i MAXIMUM_SIZE:i AUTOEXTEND_SIZE:i CREATION_TIME:x ' +
    'LAST_UPDATE_TIME:x LAST_ACCESS_TIME:x RECOVER_TIME:x TRANSACTION_COUNTER:x VERSION:i ROW_FORMAT:v256 ' +
    'TABLE_ROWS:x AVG_ROW_LENGTH:x DATA_LENGTH:x MAX_DATA_LENGTH:x INDEX_LENGTH:x DATA_FREE:i CREATE_TIME:x ' +
    'UPDATE_TIME:x CHECK_TIME:x CHECKSUM:x STATUS:v256 EXTRA:v256',
  innodb_buffer_page:
    'pool_id:u! block_id:u! space:u! page_number:u! page_type:n flush_type:u! fix_count:u! is_hashed:v3 ' +
    'newest_modification:u! oldest_modification:u! access_time:u! table_name:v1024 index_name:v1024 ' +
    'number_records:u! data_size:u! compressed_size:u! page_state:n io_fix:n is_old:v3 free_page_clock:u! ' +
    'is_stale:v3',
  innodb_buffer_page_lru:
    'pool_id:u! lru_position:u! space:u! page_number:u! page_type:n flush_type:u! fix_count:u! is_hashed:v3 ' +
    'newest_modification:u! oldest_modification:u! access_time:u! table_name:v1024 index_name:v1024 ' +
    'number_records:u! data_size:u! compressed_size:u! compressed:v3 io_fix:n is_old:v3 free_page_clock:u!',
  innodb_buffer_pool_stats:
    'pool_id:u! pool_size:u! free_buffers:u! database_pages:u! old_database_pages:u! modified_database_pages:u! ' +
    'pending_decompress:u! pending_reads:u! pending_flush_lru:u! pending_flush_list:u! pages_made_young:u! ' +
    'pages_not_made_young:u! pages_made_young_rate:F! pages_made_not_young_rate:F! number_pages_read:u! ' +
    'number_pages_created:u! number_pages_written:u! pages_read_rate:F! pages_create_rate:F! pages_written_rate:F! ' +
    'number_pages_get:u! hit_rate:u! young_make_per_thousand_gets:u! not_young_make_per_thousand_gets:u! ' +
    'number_pages_read_ahead:u! number_read_ahead_evicted:u! read_ahead_rate:F! read_ahead_evicted_rate:F! ' +
    'lru_io_total:u! lru_io_current:u! uncompress_total:u! uncompress_current:u!',
  innodb_cached_indexes: 'space_id:o! index_id:u! n_cached_pages:u!',
  innodb_cmp: 'page_size:I! compress_ops:I! compress_ops_ok:I! compress_time:I! uncompress_ops:I! uncompress_time:I!',
  innodb_cmp_per_index:
    'database_name:v192! table_name:v192! index_name:v192! compress_ops:I! compress_ops_ok:I! compress_time:I! ' +
    'uncompress_ops:I! uncompress_time:I!',
  innodb_cmp_per_index_reset:
    'database_name:v192! table_name:v192! index_name:v192! compress_ops:I! compress_ops_ok:I! compress_time:I! ' +
    'uncompress_ops:I! uncompress_time:I!',
  innodb_cmp_reset:
    'page_size:I! compress_ops:I! compress_ops_ok:I! compress_time:I! uncompress_ops:I! uncompress_time:I!',
  innodb_cmpmem:
    'page_size:I! buffer_pool_instance:I! pages_used:I! pages_free:I! relocation_ops:i! relocation_time:I!',
  innodb_cmpmem_reset:
    'page_size:I! buffer_pool_instance:I! pages_used:I! pages_free:I! relocation_ops:i! relocation_time:I!',
  innodb_columns: 'table_id:u! name:v193! pos:u! mtype:I! prtype:I! len:I! has_default:I! default_value:s',
  innodb_datafiles: 'space_id:t path:v512!',
  innodb_fields: 'index_id:t name:n! pos:u!',
  innodb_foreign: 'id:v129 for_name:v129 ref_name:v129 n_cols:i! type:u!',
  innodb_foreign_cols: 'id:v129 for_col_name:n! ref_col_name:n! pos:o!',
  innodb_ft_being_deleted: 'type:u!',
  innodb_ft_config: 'key:v193! value:v193!',
  innodb_ft_default_stopword: 'value:v18!',
  innodb_ft_deleted: 'doc_id:u!',
  innodb_ft_index_cache: 'word:v337! first_doc_id:u! last_doc_id:u! doc_count:u! doc_id:u! position:u!',
  innodb_ft_index_table: 'word:v337! first_doc_id:u! last_doc_id:u! doc_count:u! doc_id:u! position:u!',
  innodb_indexes: 'index_id:u! name:v193! table_id:u! type:I! n_fields:I! page_no:I! space:I! merge_threshold:I!',
  innodb_metrics:
    'name:v193! subsystem:v193! count:i! max_count:i min_count:i avg_count:F count_reset:i! max_count_reset:i ' +
    'min_count_reset:i avg_count_reset:F time_enabled:d time_disabled:d time_elapsed:i time_reset:d status:v193! ' +
    'type:v193! comment:v193!',
  innodb_session_temp_tablespaces: 'id:i! space:i! path:v4001! size:u! state:v192! purpose:v192!',
  innodb_tables:
    'table_id:u! name:v655! flag:I! n_cols:I! space:i! row_format:v12 zip_page_size:o! space_type:v12 ' +
    'instant_cols:I!',
  innodb_tablespaces:
    'space:o! name:v655! flag:o! row_format:v22 page_size:o! zip_page_size:o! space_type:v10 fs_block_size:o! ' +
    'file_size:u! allocated_size:u! autoextend_size:u! server_version:v10 space_version:o! encryption:v1 state:v10',
  innodb_tablespaces_brief: 'space:v256 name:v268! path:v512! flag:v256 space_type:v7!',
  innodb_tablestats:
    'table_id:u! name:v193! stats_initialized:v193! num_rows:u! clust_index_size:u! other_index_size:u! ' +
    'modified_counter:u! autoinc:u! ref_count:I!',
  innodb_temp_table_info: 'table_id:i! name:n n_cols:u! space:u!',
  innodb_trx:
    'trx_id:u! trx_state:v13! trx_started:d! trx_requested_lock_id:v105 trx_wait_started:d trx_weight:u! ' +
    'trx_mysql_thread_id:u! trx_query:v1024 trx_operation_state:n trx_tables_in_use:u! trx_tables_locked:u! ' +
    'trx_lock_structs:u! trx_lock_memory_bytes:u! trx_rows_locked:u! trx_rows_modified:u! ' +
    'trx_concurrency_tickets:u! trx_isolation_level:v16! trx_unique_checks:I! trx_foreign_key_checks:I! ' +
    'trx_last_foreign_key_error:v256 trx_adaptive_hash_latched:I! trx_adaptive_hash_timeout:u! trx_is_read_only:I! ' +
    'trx_autocommit_non_locking:I! trx_schedule_weight:u',
  innodb_virtual: 'table_id:u! pos:o! base_pos:o!',
  optimizer_trace: 'QUERY:v65535! TRACE:v65535! MISSING_BYTES_BEYOND_MAX_MEM_SIZE:I! INSUFFICIENT_PRIVILEGES:B!',
  partitions:
    'TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n! PARTITION_NAME:n SUBPARTITION_NAME:n PARTITION_ORDINAL_POSITION:o ' +
    'SUBPARTITION_ORDINAL_POSITION:o PARTITION_METHOD:v13 SUBPARTITION_METHOD:v13 PARTITION_EXPRESSION:v2048 ' +
    'SUBPARTITION_EXPRESSION:v2048 PARTITION_DESCRIPTION:s TABLE_ROWS:u AVG_ROW_LENGTH:u DATA_LENGTH:u ' +
    'MAX_DATA_LENGTH:u INDEX_LENGTH:u DATA_FREE:u CREATE_TIME:T! UPDATE_TIME:d CHECK_TIME:d CHECKSUM:i ' +
    'PARTITION_COMMENT:s! NODEGROUP:v256 TABLESPACE_NAME:v268',
  plugins:
    'PLUGIN_NAME:n! PLUGIN_VERSION:v20! PLUGIN_STATUS:v10! PLUGIN_TYPE:v80! PLUGIN_TYPE_VERSION:v20! ' +
    'PLUGIN_LIBRARY:n PLUGIN_LIBRARY_VERSION:v20 PLUGIN_AUTHOR:n PLUGIN_DESCRIPTION:v65535 PLUGIN_LICENSE:v80 ' +
    'LOAD_OPTION:n!',
  profiling:
    'QUERY_ID:I! SEQ:I! STATE:v30! DURATION:D! CPU_USER:D CPU_SYSTEM:D CONTEXT_VOLUNTARY:I CONTEXT_INVOLUNTARY:I ' +
    'BLOCK_OPS_IN:I BLOCK_OPS_OUT:I MESSAGES_SENT:I MESSAGES_RECEIVED:I PAGE_FAULTS_MAJOR:I PAGE_FAULTS_MINOR:I ' +
    'SWAPS:I SOURCE_FUNCTION:v30 SOURCE_FILE:v20 SOURCE_LINE:I',
  resource_groups:
    'RESOURCE_GROUP_NAME:n! RESOURCE_GROUP_TYPE:n! RESOURCE_GROUP_ENABLE:B! VPCUS_IDS:b THREAD_PRIORITY:I!',
  st_geometry_columns:
    'TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n COLUMN_NAME:n SRS_NAME:v80 SRS_ID:o GEOMETRY_TYPE_NAME:t',
  tablespaces:
    'TABLESPACE_NAME:n! ENGINE:n! TABLESPACE_TYPE:n LOGFILE_GROUP_NAME:n EXTENT_SIZE:u AUTOEXTEND_SIZE:u ' +
    'MAXIMUM_SIZE:u NODEGROUP_ID:u TABLESPACE_COMMENT:v2048',
  tablespaces_extensions: 'TABLESPACE_NAME:v268! ENGINE_ATTRIBUTE:j',
  role_column_grants:
    'GRANTOR:v97 GRANTOR_HOST:v256 GRANTEE:v32! GRANTEE_HOST:v255! TABLE_CATALOG:v3! TABLE_SCHEMA:v64! ' +
    'TABLE_NAME:v64! COLUMN_NAME:v64! PRIVILEGE_TYPE:n! IS_GRANTABLE:v3!',
  role_routine_grants:
    'GRANTOR:v97 GRANTOR_HOST:v256 GRANTEE:v32! GRANTEE_HOST:v255! SPECIFIC_CATALOG:v3! SPECIFIC_SCHEMA:v64! ' +
    'SPECIFIC_NAME:v64! ROUTINE_CATALOG:v3! ROUTINE_SCHEMA:v64! ROUTINE_NAME:v64! PRIVILEGE_TYPE:n! ' +
    'IS_GRANTABLE:v3!',
  role_table_grants:
    'GRANTOR:v97 GRANTOR_HOST:v256 GRANTEE:v32! GRANTEE_HOST:v255! TABLE_CATALOG:v3! TABLE_SCHEMA:v64! ' +
    'TABLE_NAME:v64! PRIVILEGE_TYPE:v98! IS_GRANTABLE:v3!',
  st_spatial_reference_systems:
    'SRS_NAME:v80! SRS_ID:o! ORGANIZATION:v256 ORGANIZATION_COORDSYS_ID:o DEFINITION:v4096! DESCRIPTION:v2048',
  st_units_of_measure: 'UNIT_NAME:v255 UNIT_TYPE:v7 CONVERSION_FACTOR:f DESCRIPTION:v255',
  view_routine_usage:
    'TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n SPECIFIC_CATALOG:n SPECIFIC_SCHEMA:n SPECIFIC_TABLE:n!',
  view_table_usage: 'VIEW_CATALOG:n VIEW_SCHEMA:n VIEW_NAME:n TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n',
};
