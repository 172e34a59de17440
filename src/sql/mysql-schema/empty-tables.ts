/** Tables of the database `mysql` that programs ask for and that have no rows here: there are no plugins, components, help. */
import type { COLUMN_TYPES } from './computed-table.ts';

export const EMPTY_TABLES: Readonly<Record<string, Readonly<Record<string, keyof typeof COLUMN_TYPES>>>> = {
  component: { component_id: 'number', component_group_id: 'number', component_urn: 'text' },
  func: { name: 'name', ret: 'integer', dl: 'file', type: 'word' },
  help_category: { help_category_id: 'number', name: 'name', parent_category_id: 'number', url: 'text' },
  help_keyword: { help_keyword_id: 'number', name: 'name' },
  help_relation: { help_topic_id: 'number', help_keyword_id: 'number' },
  help_topic: {
    help_topic_id: 'number',
    name: 'name',
    help_category_id: 'number',
    description: 'text',
    example: 'text',
    url: 'text',
  },
  plugin: { name: 'name', dl: 'file' },
  servers: {
    Server_name: 'name',
    Host: 'text',
    Db: 'name',
    Username: 'name',
    Password: 'name',
    Port: 'integer',
    Socket: 'name',
    Wrapper: 'name',
    Owner: 'name',
  },
};
