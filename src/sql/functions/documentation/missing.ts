/** MySQL 8.0's functions that are not there, and why. */
export const missingFunctions: readonly (readonly [names: string, reason: string])[] = [
  ['EXTRACTVALUE, UPDATEXML', 'XML; Dolt has none either'],
  ['STATEMENT_DIGEST, STATEMENT_DIGEST_TEXT', 'statements have no digests'],
  ['FORMAT_PICO_TIME, PS_CURRENT_THREAD_ID, PS_THREAD_ID', 'there is no performance schema'],
  ['ROLES_GRAPHML', 'read `mysql.role_edges`'],
  ['MASTER_POS_WAIT, SOURCE_POS_WAIT, WAIT_FOR_EXECUTED_GTID_SET', 'replication goes through remotes'],
  ['ST_TRANSFORM', 'reference systems are not computed with'],
  [
    'ST_BUFFER, ST_BUFFER_STRATEGY, ST_DIFFERENCE, ST_INTERSECTION, ST_SYMDIFFERENCE, ST_UNION, ST_SIMPLIFY',
    'geometries are not cut and joined; Dolt has none of these either',
  ],
  ['ST_COLLECT, ST_MAKEENVELOPE', 'Dolt has none either'],
  ['ST_CROSSES, ST_OVERLAPS, ST_TOUCHES', 'Dolt has none either; MBROVERLAPS and MBRTOUCHES are there'],
  [
    'ST_DISTANCE_SPHERE, ST_FRECHETDISTANCE, ST_HAUSDORFFDISTANCE, ST_LINEINTERPOLATEPOINT, ST_LINEINTERPOLATEPOINTS, ST_POINTATDISTANCE',
    'Dolt has none either',
  ],
  ['ASYNCHRONOUS_CONNECTION_FAILOVER_… and the group replication’s functions', 'replication goes through remotes'],
];
