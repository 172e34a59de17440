/** What the API's answers are made of, as JSON Schema. */
import { RIGHTS } from '../accounts/accounts.ts';
import type { Schema } from './operation.ts';

const text: Schema = { type: 'string' };
const number: Schema = { type: 'integer', minimum: 0 };
const truth: Schema = { type: 'boolean' };
const time: Schema = { type: 'string', format: 'date-time' };
const hash: Schema = { type: 'string', pattern: '^[0-9a-v]{32}$' };
const anything: Schema = {};

const right: Schema = { enum: RIGHTS };

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const list = (items: Schema): Schema => ({ type: 'array', items });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

/** All of them are there. */
const object = (properties: Readonly<Record<string, Schema>>, description?: string): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...(description === undefined ? {} : { description }),
});

const page = (items: Readonly<Record<string, Schema>>): Schema => object({ ...items, page: number, hasMore: truth });

const person = { name: text, email: text };

const row: Schema = {
  type: 'array',
  items: anything,
  description: 'Values in the order of the columns; integers beyond 2^53 and decimals are text, binary values are 0x….',
};

export const schemas: Readonly<Record<string, Schema>> = {
  Problem: object({ error: text }),
  RepositoryItem: object({
    owner: text,
    database: text,
    isPublic: truth,
    byteSize: number,
    lastPush: orNull(time),
  }),
  RepositoryList: page({ repositories: list(ref('RepositoryItem')), total: number }),
  Repository: object({
    owner: text,
    database: text,
    isPublic: truth,
    byteSize: number,
    lastPush: orNull(time),
    cloneUrl: text,
    defaultBranch: orNull(text),
  }),
  Commit: object({
    hash,
    parents: list(hash),
    author: object(person),
    committer: object(person),
    authorDate: time,
    committerDate: time,
    message: text,
  }),
  BranchList: object({ branches: list(object({ name: text, head: ref('Commit') })) }),
  TagList: object({
    tags: list(object({ name: text, commit: hash, message: text, tagger: object(person), date: time })),
  }),
  Column: object({
    name: text,
    type: text,
    nullable: truth,
    key: { enum: ['PRI', 'UNI', 'MUL', ''] },
    default: orNull(text),
    extra: text,
    comment: text,
  }),
  TableItem: object({ name: text, rows: number, comment: text, columns: list(ref('Column')) }),
  TableList: object({ commit: hash, tables: list(ref('TableItem')) }),
  Table: object({
    commit: hash,
    name: text,
    rows: number,
    comment: text,
    columns: list(ref('Column')),
    createStatement: text,
  }),
  ViewList: object({ commit: hash, views: list(object({ name: text, definition: text })) }),
  DocumentList: object({ commit: hash, documents: list(object({ name: text, text })) }),
  RowPage: page({
    commit: hash,
    columns: list(text),
    rows: list(
      object({ key: orNull(list(text)), times: number, values: row }, '`times`: how often a keyless row is there.'),
    ),
    total: number,
  }),
  Row: object({ commit: hash, columns: list(text), values: row }),
  RowHistory: object({
    isWhole: truth,
    versions: list(
      object({
        commit: ref('Commit'),
        kind: { enum: ['added', 'modified', 'removed'] },
        before: orNull(ref('Record')),
        after: orNull(ref('Record')),
      }),
    ),
  }),
  Record: { type: 'object', description: 'A row: its values by the names of the columns.' },
  SqlAnswer: object({
    commit: hash,
    columns: list(text),
    rows: list(row),
    isCut: truth,
    milliseconds: { type: 'number', minimum: 0 },
  }),
  CommitPage: page({ commits: list(ref('Commit')) }),
  CommitDetails: object({ commit: ref('Commit'), tables: list(ref('TableDifference')) }),
  TableDifference: object({
    name: text,
    formerName: orNull(text),
    kind: { enum: ['added', 'dropped', 'modified', 'renamed'] },
    isSchemaChanged: truth,
    isDataChanged: truth,
    schema: orNull(object({ before: text, after: text })),
    rowsAdded: number,
    rowsRemoved: number,
    rowsModified: number,
    isCounted: { type: 'boolean', description: 'False: the numbers of rows are the least there are.' },
    isUnpaired: { type: 'boolean', description: 'The primary key is another one: rows cannot be paired.' },
  }),
  Difference: object({ from: hash, to: hash, tables: list(ref('TableDifference')) }),
  ChangedRows: page({
    from: hash,
    to: hash,
    columns: list(text),
    rows: list(
      object({
        kind: { enum: ['added', 'modified', 'removed'] },
        before: orNull(row),
        after: orNull(row),
        changed: list(truth),
      }),
    ),
  }),
  Replication: object({
    epoch: orNull(object({ epoch: number, server: text })),
    primaries: list(object({ server: text, branches: list(text), lastCommit: orNull(time) })),
    pushes: list(object({ account: orNull(text), root: hash, at: time })),
    replicas: list(
      object({
        name: text,
        account: orNull(text),
        root: hash,
        firstSeen: time,
        lastSeen: time,
        behind: orNull(object({ commits: number, isMore: truth, milliseconds: number })),
        delays: list(object({ at: time, milliseconds: number })),
        lastError: orNull(ref('Failure')),
      }),
    ),
    webhooks: list(object({ url: text, delivered: number, waiting: number, lastError: orNull(ref('Failure')) })),
  }),
  Failure: object({ message: text, at: time }),
  Rights: object({
    isPublic: truth,
    grants: list(
      object(
        { user: text, right, place: text },
        '`place`: where it was given: `owner/database`, `owner` (all of its repositories), or `*` (all there are).',
      ),
    ),
  }),
  GivenRight: object({ right }),
  Visibility: object({ isPublic: truth }),
};
