/** The API's description, in OpenAPI 3.1: made from the list of its calls. */
import { CONTENT_TYPES, type DownloadFormat } from '../content/download.ts';
import type { Operation, Parameter, Schema } from './operation.ts';
import { operations } from './operations.ts';
import { ref, schemas } from './schemas.ts';

export const API_PREFIX = '/api/v1';

/** Of whole tables, as streams. */
export const DOWNLOAD_PATH = '/repositories/{owner}/{database}/tables/{table}';
export const DOWNLOAD_FORMATS: readonly DownloadFormat[] = ['csv', 'json'];

const DESCRIBED: Readonly<Record<string, string>> = {
  owner: 'Who the repository belongs to.',
  database: 'The name of the database.',
  table: 'The name of a table.',
  commit: 'A commit, or a branch or tag that stands on it.',
  user: 'The name of a user.',
};

function pathParameters(path: string): Parameter[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name: name!,
    in: 'path',
    description: DESCRIBED[name!]!,
    required: true,
    schema: { type: 'string' },
  }));
}

const content = (type: string, schema: Schema) => ({ content: { [type]: { schema } } });

const problem = { description: 'What went wrong.', ...content('application/json', ref('Problem')) };

function described(operation: Operation) {
  const { path, id, summary, query = [] } = operation;
  const about = { operationId: id, summary, parameters: [...pathParameters(path), ...query] };
  if (operation.kind !== 'change') {
    const answer = { description: summary, ...content('application/json', ref(operation.answer)) };
    return { get: { ...about, responses: { 200: answer, default: problem } } };
  }
  const { method, body } = operation;
  const taken = body !== undefined && { requestBody: { required: true, ...content('application/json', ref(body)) } };
  return { [method]: { ...about, ...taken, responses: { 204: { description: 'Done.' }, default: problem } } };
}

function describedDownload(format: DownloadFormat) {
  const refOfTable = { name: 'ref', in: 'query', required: false, schema: { type: 'string' } };
  const schema = format === 'csv' ? { type: 'string' } : { type: 'object', properties: { rows: { type: 'array' } } };
  return {
    get: {
      operationId: `download${format.toUpperCase()}`,
      summary: `A whole table as ${format.toUpperCase()}`,
      parameters: [...pathParameters(DOWNLOAD_PATH), refOfTable],
      responses: {
        200: { description: 'All rows.', ...content(CONTENT_TYPES[format].replace(/;.*/, ''), schema) },
        default: problem,
      },
    },
  };
}

export function openApi() {
  const paths: Record<string, object> = {};
  for (const operation of operations) paths[operation.path] = { ...paths[operation.path], ...described(operation) };
  for (const format of DOWNLOAD_FORMATS) paths[`${DOWNLOAD_PATH}/${format}`] = describedDownload(format);
  const own = {
    get: {
      operationId: 'describe',
      summary: 'This description',
      responses: { 200: { description: 'OpenAPI 3.1.', ...content('application/json', { type: 'object' }) } },
    },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Dolt hub',
      version: '1',
      description:
        'What the repositories of a hub hold, for reading, and who may use them, for their owners. ' +
        'Who has a token sends it as `Authorization: Bearer`.',
    },
    servers: [{ url: API_PREFIX }],
    security: [{}, { token: [] }],
    paths: { ...paths, '/openapi.json': own },
    components: { schemas, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}
