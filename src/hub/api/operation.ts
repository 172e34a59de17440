/** One call of the API: how it is described, and what answers it. Routes and description are made from the same list. */

import type { Caller } from '../../service/service-host.ts';
import type { RightsChange } from '../accounts/repository-rights.ts';
import type { Query } from '../calls/requests.ts';
import type { Json } from '../content/cell.ts';
import type { Point, Reading } from '../content/reading.ts';
import type { Site } from '../page/site.ts';
import type { HubRepository } from '../page-access.ts';

/** JSON Schema, as OpenAPI 3.1 has it. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly description: string;
  readonly required: boolean;
  readonly schema: Schema;
}

interface Described {
  /** Below `/api/v1`, with `{names}`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  /** Those of the query. */
  readonly query?: readonly Parameter[];
  /** The name of the answer's schema. */
  readonly answer: string;
}

/** Of a repository's rights: nothing of what is in it is read. */
export interface RightsOperation extends Described {
  readonly kind: 'rights';
  readonly run: (request: RightsRequest) => Promise<Json>;
}

/** Changes rights, and answers nothing. */
export interface ChangeOperation extends Omit<Described, 'answer'> {
  readonly kind: 'change';
  readonly method: 'put' | 'delete';
  /** The name of its body's schema, where it has one. */
  readonly body?: string;
  /** Throws `invalid`. */
  readonly change: (request: {
    readonly path: Readonly<Record<string, string>>;
    readonly body: unknown;
  }) => RightsChange;
}

/** Of the hub as a whole. */
export interface HubOperation extends Described {
  readonly kind: 'hub';
  readonly run: (request: HubRequest) => Promise<Json>;
}

/** Of one repository. */
export interface RepositoryOperation extends Described {
  readonly kind: 'repository';
  readonly run: (request: RepositoryRequest) => Promise<Json> | Json;
}

export type Operation = HubOperation | RepositoryOperation | RightsOperation | ChangeOperation;

export interface HubRequest {
  readonly site: Site;
  readonly caller: Caller;
  readonly query: Query;
}

export interface RightsRequest extends HubRequest {
  readonly repository: HubRepository;
}

export interface RepositoryRequest extends RightsRequest {
  readonly reading: Reading;
  /** What `ref` names. Throws `notFound`. */
  readonly point: () => Point;
  readonly path: Readonly<Record<string, string>>;
  readonly cloneUrl: string;
}
