/** Procedures and functions that a session sees: those that it may run or change. */

import type { Value } from '../../tuple/value.ts';
import { Privilege } from '../accounts/privilege.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import { type StoredRoutine, storedFunctions, storedProcedures } from '../catalog/stored-programs.ts';
import type { Session } from './session.ts';
import { zoneOffsetSeconds } from './time-zone.ts';

export function routines(view: DatabaseView, { access }: Session): readonly StoredRoutine[] {
  const all = [...storedFunctions(view.root), ...storedProcedures(view.root)];
  if (access === undefined) return all;
  const concern = Privilege.execute | Privilege.alterRoutine | Privilege.createRoutine;
  return all.filter(({ name, statement }) => {
    return (access.privileges.routine(view.baseName, name, statement.routine === 'procedure') & concern) !== 0;
  });
}

/** A time of an event, which is stored in UTC, in the session's zone. */
export function shownTime(time: Value, { variables, engine }: Session): Value {
  if (time === null) return null;
  const text = variables.text('time_zone');
  const zone = /^system$/i.test(text) ? engine.systemTimeZone : text;
  return Number(time) + (zoneOffsetSeconds(zone, Number(time) / 1000) ?? 0) * 1_000_000;
}
