/** `dolt_tags`: tags with who made them, when and why. */

import { TAGS } from '../../../repo/refs.ts';
import { readTag } from '../../../serial/tag.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { datetime } from '../../types/sql-type.ts';
import { field, moment } from './commit-columns.ts';

const COLUMNS = [
  field('tag_name', undefined, false, 'PRI'),
  field('tag_hash', undefined, false, 'PRI'),
  field('tagger'),
  field('email'),
  field('date', datetime(3)),
  field('message'),
];

export const table: SystemTable = {
  name: 'dolt_tags',
  open: (view) =>
    systemSource(view, 'dolt_tags', COLUMNS, function* () {
      for (const [ref, address] of view.refs.entries(TAGS)) {
        const tag = readTag(view.repository.nodes.readMessage(address));
        yield [
          ref.slice(TAGS.length),
          tag.commit,
          tag.name,
          tag.email,
          moment(tag.userTimestampMillis),
          tag.description,
        ];
      }
    }),
};
