/**
 * Tables of information_schema that have no rows here: what they would tell of (routines, plugins, the insides of InnoDB) is
 * not there. Programs ask for them all the same.
 */
export const EMPTY_TABLES: Readonly<Record<string, string>> = {
  column_statistics: 'SCHEMA_NAME:n! TABLE_NAME:n! COLUMN_NAME:n! HISTOGRAM:t!',
  events:
    'EVENT_CATALOG:n EVENT_SCHEMA:n EVENT_NAME:n! DEFINER:n! TIME_ZONE:n! EVENT_BODY:n! EVENT_DEFINITION:t! ' +
    'EVENT_TYPE:n! EXECUTE_AT:d INTERVAL_VALUE:n INTERVAL_FIELD:n SQL_MODE:n! STARTS:d ENDS:d STATUS:n! ' +
    'ON_COMPLETION:n! CREATED:d! LAST_ALTERED:d! LAST_EXECUTED:d EVENT_COMMENT:t! ORIGINATOR:o! ' +
    'CHARACTER_SET_CLIENT:n! COLLATION_CONNECTION:n! DATABASE_COLLATION:n!',
  files:
    'FILE_ID:i FILE_NAME:t FILE_TYPE:n TABLESPACE_NAME:n! TABLE_CATALOG:n! TABLE_SCHEMA:t TABLE_NAME:t ' +
    'LOGFILE_GROUP_NAME:n LOGFILE_GROUP_NUMBER:i ENGINE:n! FULLTEXT_KEYS:t DELETED_ROWS:t UPDATE_COUNT:t ' +
    'FREE_EXTENTS:i TOTAL_EXTENTS:i EXTENT_SIZE:i INITIAL_SIZE:i MAXIMUM_SIZE:i AUTOEXTEND_SIZE:i CREATION_TIME:t ' +
    'LAST_UPDATE_TIME:t LAST_ACCESS_TIME:t RECOVER_TIME:t TRANSACTION_COUNTER:t VERSION:i ROW_FORMAT:n ' +
    'TABLE_ROWS:t AVG_ROW_LENGTH:t DATA_LENGTH:t MAX_DATA_LENGTH:t INDEX_LENGTH:t DATA_FREE:i CREATE_TIME:t ' +
    'UPDATE_TIME:t CHECK_TIME:t CHECKSUM:t STATUS:n EXTRA:n',
  innodb_buffer_page:
    'pool_id:u! block_id:u! space:u! page_number:u! page_type:n flush_type:u! fix_count:u! is_hashed:n ' +
    'newest_modification:u! oldest_modification:u! access_time:u! table_name:n index_name:n number_records:u! ' +
    'data_size:u! compressed_size:u! page_state:n io_fix:n is_old:n free_page_clock:u! is_stale:n',
  innodb_buffer_page_lru:
    'pool_id:u! lru_position:u! space:u! page_number:u! page_type:n flush_type:u! fix_count:u! is_hashed:n ' +
    'newest_modification:u! oldest_modification:u! access_time:u! table_name:n index_name:n number_records:u! ' +
    'data_size:u! compressed_size:u! compressed:n io_fix:n is_old:n free_page_clock:u!',
  innodb_buffer_pool_stats:
    'pool_id:u! pool_size:u! free_buffers:u! database_pages:u! old_database_pages:u! modified_database_pages:u! ' +
    'pending_decompress:u! pending_reads:u! pending_flush_lru:u! pending_flush_list:u! pages_made_young:u! ' +
    'pages_not_made_young:u! pages_made_young_rate:f! pages_made_not_young_rate:f! number_pages_read:u! ' +
    'number_pages_created:u! number_pages_written:u! pages_read_rate:f! pages_create_rate:f! ' +
    'pages_written_rate:f! number_pages_get:u! hit_rate:u! young_make_per_thousand_gets:u! ' +
    'not_young_make_per_thousand_gets:u! number_pages_read_ahead:u! number_read_ahead_evicted:u! ' +
    'read_ahead_rate:f! read_ahead_evicted_rate:f! lru_io_total:u! lru_io_current:u! uncompress_total:u! ' +
    'uncompress_current:u!',
  innodb_cached_indexes: 'space_id:o! index_id:u! n_cached_pages:u!',
  innodb_cmp: 'page_size:i! compress_ops:i! compress_ops_ok:i! compress_time:i! uncompress_ops:i! uncompress_time:i!',
  innodb_cmp_per_index:
    'database_name:n! table_name:n! index_name:n! compress_ops:i! compress_ops_ok:i! compress_time:i! ' +
    'uncompress_ops:i! uncompress_time:i!',
  innodb_cmp_per_index_reset:
    'database_name:n! table_name:n! index_name:n! compress_ops:i! compress_ops_ok:i! compress_time:i! ' +
    'uncompress_ops:i! uncompress_time:i!',
  innodb_cmp_reset:
    'page_size:i! compress_ops:i! compress_ops_ok:i! compress_time:i! uncompress_ops:i! uncompress_time:i!',
  innodb_cmpmem:
    'page_size:i! buffer_pool_instance:i! pages_used:i! pages_free:i! relocation_ops:i! relocation_time:i!',
  innodb_cmpmem_reset:
    'page_size:i! buffer_pool_instance:i! pages_used:i! pages_free:i! relocation_ops:i! relocation_time:i!',
  innodb_columns: 'table_id:u! name:n! pos:u! mtype:i! prtype:i! len:i! has_default:i! default_value:t',
  innodb_datafiles: 'space_id:t path:n!',
  innodb_fields: 'index_id:t name:n! pos:u!',
  innodb_foreign: 'id:n for_name:n ref_name:n n_cols:i! type:u!',
  innodb_foreign_cols: 'id:n for_col_name:n! ref_col_name:n! pos:o!',
  innodb_ft_being_deleted: 'type:u!',
  innodb_ft_config: 'key:n! value:n!',
  innodb_ft_default_stopword: 'value:n!',
  innodb_ft_deleted: 'doc_id:u!',
  innodb_ft_index_cache: 'word:n! first_doc_id:u! last_doc_id:u! doc_count:u! doc_id:u! position:u!',
  innodb_ft_index_table: 'word:n! first_doc_id:u! last_doc_id:u! doc_count:u! doc_id:u! position:u!',
  innodb_indexes: 'index_id:u! name:n! table_id:u! type:i! n_fields:i! page_no:i! space:i! merge_threshold:i!',
  innodb_metrics:
    'name:n! subsystem:n! count:i! max_count:i min_count:i avg_count:f count_reset:i! max_count_reset:i ' +
    'min_count_reset:i avg_count_reset:f time_enabled:d time_disabled:d time_elapsed:i time_reset:d status:n! ' +
    'type:n! comment:n!',
  innodb_session_temp_tablespaces: 'id:i! space:i! path:t! size:u! state:n! purpose:n!',
  innodb_tables:
    'table_id:u! name:n! flag:i! n_cols:i! space:i! row_format:n zip_page_size:o! space_type:n instant_cols:i!',
  innodb_tablespaces:
    'space:o! name:n! flag:o! row_format:n page_size:o! zip_page_size:o! space_type:n fs_block_size:o! ' +
    'file_size:u! allocated_size:u! autoextend_size:u! server_version:n space_version:o! encryption:n state:n',
  innodb_tablespaces_brief: 'space:n name:n! path:n! flag:n space_type:n!',
  innodb_tablestats:
    'table_id:u! name:n! stats_initialized:n! num_rows:u! clust_index_size:u! other_index_size:u! ' +
    'modified_counter:u! autoinc:u! ref_count:i!',
  innodb_temp_table_info: 'table_id:i! name:n n_cols:u! space:u!',
  innodb_trx:
    'trx_id:u! trx_state:n! trx_started:d! trx_requested_lock_id:n trx_wait_started:d trx_weight:u! ' +
    'trx_mysql_thread_id:u! trx_query:n trx_operation_state:n trx_tables_in_use:u! trx_tables_locked:u! ' +
    'trx_lock_structs:u! trx_lock_memory_bytes:u! trx_rows_locked:u! trx_rows_modified:u! ' +
    'trx_concurrency_tickets:u! trx_isolation_level:n! trx_unique_checks:i! trx_foreign_key_checks:i! ' +
    'trx_last_foreign_key_error:n trx_adaptive_hash_latched:i! trx_adaptive_hash_timeout:u! trx_is_read_only:i! ' +
    'trx_autocommit_non_locking:i! trx_schedule_weight:u',
  innodb_virtual: 'table_id:u! pos:o! base_pos:o!',
  optimizer_trace: 'QUERY:t! TRACE:t! MISSING_BYTES_BEYOND_MAX_MEM_SIZE:i! INSUFFICIENT_PRIVILEGES:i!',
  parameters:
    'SPECIFIC_CATALOG:n SPECIFIC_SCHEMA:n SPECIFIC_NAME:n! ORDINAL_POSITION:u! PARAMETER_MODE:n PARAMETER_NAME:n ' +
    'DATA_TYPE:t CHARACTER_MAXIMUM_LENGTH:i CHARACTER_OCTET_LENGTH:i NUMERIC_PRECISION:o NUMERIC_SCALE:i ' +
    'DATETIME_PRECISION:o CHARACTER_SET_NAME:n COLLATION_NAME:n DTD_IDENTIFIER:t! ROUTINE_TYPE:n!',
  partitions:
    'TABLE_CATALOG:n! TABLE_SCHEMA:n! TABLE_NAME:n! PARTITION_NAME:n SUBPARTITION_NAME:n ' +
    'PARTITION_ORDINAL_POSITION:o SUBPARTITION_ORDINAL_POSITION:o PARTITION_METHOD:n SUBPARTITION_METHOD:n ' +
    'PARTITION_EXPRESSION:t SUBPARTITION_EXPRESSION:t PARTITION_DESCRIPTION:t TABLE_ROWS:u AVG_ROW_LENGTH:u ' +
    'DATA_LENGTH:u MAX_DATA_LENGTH:u INDEX_LENGTH:u DATA_FREE:u CREATE_TIME:d! UPDATE_TIME:d CHECK_TIME:d ' +
    'CHECKSUM:i PARTITION_COMMENT:t! NODEGROUP:n TABLESPACE_NAME:n',
  plugins:
    'PLUGIN_NAME:n! PLUGIN_VERSION:n! PLUGIN_STATUS:n! PLUGIN_TYPE:n! PLUGIN_TYPE_VERSION:n! PLUGIN_LIBRARY:n ' +
    'PLUGIN_LIBRARY_VERSION:n PLUGIN_AUTHOR:n PLUGIN_DESCRIPTION:t PLUGIN_LICENSE:n LOAD_OPTION:n!',
  profiling:
    'QUERY_ID:i! SEQ:i! STATE:n! DURATION:i! CPU_USER:i CPU_SYSTEM:i CONTEXT_VOLUNTARY:i CONTEXT_INVOLUNTARY:i ' +
    'BLOCK_OPS_IN:i BLOCK_OPS_OUT:i MESSAGES_SENT:i MESSAGES_RECEIVED:i PAGE_FAULTS_MAJOR:i PAGE_FAULTS_MINOR:i ' +
    'SWAPS:i SOURCE_FUNCTION:n SOURCE_FILE:n SOURCE_LINE:i',
  resource_groups:
    'RESOURCE_GROUP_NAME:n! RESOURCE_GROUP_TYPE:n! RESOURCE_GROUP_ENABLE:i! VPCUS_IDS:t THREAD_PRIORITY:i!',
  routines:
    'SPECIFIC_NAME:n! ROUTINE_CATALOG:n ROUTINE_SCHEMA:n ROUTINE_NAME:n! ROUTINE_TYPE:n! DATA_TYPE:t ' +
    'CHARACTER_MAXIMUM_LENGTH:i CHARACTER_OCTET_LENGTH:i NUMERIC_PRECISION:o NUMERIC_SCALE:o DATETIME_PRECISION:o ' +
    'CHARACTER_SET_NAME:n COLLATION_NAME:n DTD_IDENTIFIER:t ROUTINE_BODY:n! ROUTINE_DEFINITION:t EXTERNAL_NAME:t ' +
    'EXTERNAL_LANGUAGE:n! PARAMETER_STYLE:n! IS_DETERMINISTIC:n! SQL_DATA_ACCESS:n! SQL_PATH:t SECURITY_TYPE:n! ' +
    'CREATED:d! LAST_ALTERED:d! SQL_MODE:n! ROUTINE_COMMENT:t! DEFINER:n! CHARACTER_SET_CLIENT:n! ' +
    'COLLATION_CONNECTION:n! DATABASE_COLLATION:n!',
  st_geometry_columns:
    'TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n COLUMN_NAME:n SRS_NAME:n SRS_ID:o GEOMETRY_TYPE_NAME:t',
  tablespaces:
    'TABLESPACE_NAME:n! ENGINE:n! TABLESPACE_TYPE:n LOGFILE_GROUP_NAME:n EXTENT_SIZE:u AUTOEXTEND_SIZE:u ' +
    'MAXIMUM_SIZE:u NODEGROUP_ID:u TABLESPACE_COMMENT:t',
  tablespaces_extensions: 'TABLESPACE_NAME:n! ENGINE_ATTRIBUTE:t',
};
