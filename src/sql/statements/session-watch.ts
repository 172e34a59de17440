/** A view of the session that notes whether it was asked for what may be another the next time. */
import type { SessionView } from '../expressions/session-view.ts';

export interface WatchedSession {
  readonly view: SessionView;
  /** Whether it was asked for anything but sql_mode and the digits of divisions, at which whoever keeps a plan looks itself. */
  wasAsked(): boolean;
}

export function watched(view: SessionView): WatchedSession {
  let asked = false;
  const proxy = new Proxy(view, {
    get(target, property) {
      if (property !== 'sqlMode' && property !== 'divisionDigits' && property !== 'warn') asked = true;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { view: proxy, wasAsked: () => asked };
}
