/** The calls about who may use a repository, for its owners. */
import { DoltError } from '../../base/errors.ts';
import { RIGHTS } from '../accounts/accounts.ts';
import type { Operation } from './operation.ts';

const REPOSITORY = '/repositories/{owner}/{database}';

export const rightsOperations: readonly Operation[] = [
  {
    kind: 'rights',
    path: `${REPOSITORY}/rights`,
    id: 'getRights',
    summary: 'Who may use a repository; for its owners',
    answer: 'Rights',
    async run({ site, caller, repository }) {
      const { isPublic, grants } = await site.access.rights(repository, caller);
      return { isPublic, grants: grants.map(({ user, right, place }) => ({ user, right, place })) };
    },
  },
  {
    kind: 'change',
    method: 'put',
    path: `${REPOSITORY}/rights/{user}`,
    id: 'giveRight',
    summary: 'Gives a user a right in a repository, in place of the one that they had there; for its owners',
    body: 'GivenRight',
    change({ path, body }) {
      const right = RIGHTS.find((each) => each === propertyOf(body, 'right'));
      if (right === undefined) throw new DoltError('invalid', `"right" is one of ${RIGHTS.join(', ')}`);
      return { user: path['user']!, right };
    },
  },
  {
    kind: 'change',
    method: 'delete',
    path: `${REPOSITORY}/rights/{user}`,
    id: 'takeRightBack',
    summary: 'Takes a right back that was given in a repository; for its owners',
    change: ({ path }) => ({ user: path['user']!, right: undefined }),
  },
  {
    kind: 'change',
    method: 'put',
    path: `${REPOSITORY}/visibility`,
    id: 'setVisibility',
    summary: 'Says whether everybody may read a repository; for its owners',
    body: 'Visibility',
    change({ body }) {
      const isPublic = propertyOf(body, 'isPublic');
      if (typeof isPublic !== 'boolean') throw new DoltError('invalid', '"isPublic" is true or false');
      return { isPublic };
    },
  },
];

function propertyOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}
