/** One run of an event, in a session of its own: in its database, with its definer's rights and the sql_mode it was made with. */
import type { Clock } from '../base/environment.ts';
import type { ServerLog } from '../service/log.ts';
import type { AccountBook } from '../sql/accounts/account-book.ts';
import { noSuchDefiner } from '../sql/accounts/account-errors.ts';
import { Privilege } from '../sql/accounts/privilege.ts';
import { eventDefinition, quotedAccount } from '../sql/catalog/event-definition.ts';
import { definerOf, UNNAMED_DEFINER } from '../sql/catalog/program-texts.ts';
import type { StoredEvent } from '../sql/catalog/stored-programs.ts';
import type { Engine } from '../sql/engine.ts';
import type { Session } from '../sql/engine-session.ts';
import type { Database } from '../sql/session/database.ts';
import type { Process } from '../sql/session/processes.ts';
import { SessionAccess } from '../sql/session/session-access.ts';
import { quoteName } from '../sql/syntax/print-expression.ts';
import { errorPacket } from './client-error.ts';

export interface EventRunScene {
  readonly engine: Engine;
  readonly accounts: AccountBook;
  readonly clock: Clock;
  readonly log: ServerLog;
}

export class EventRun {
  /** Set by who begins it. */
  ended: Promise<void> = Promise.resolve();
  readonly id: number;
  readonly #scene: EventRunScene;
  readonly #database: Database;
  readonly #event: StoredEvent;
  readonly #since: number;
  #session: Session | undefined;
  #isInterrupted = false;

  constructor(scene: EventRunScene, database: Database, event: StoredEvent) {
    this.#scene = scene;
    this.#database = database;
    this.#event = event;
    this.id = scene.engine.state.nextConnection();
    this.#since = scene.clock.monotonic();
  }

  interrupt(): void {
    this.#isInterrupted = true;
    this.#session?.interrupt();
  }

  process(now: number): Process {
    return {
      id: this.id,
      ...this.#definer,
      database: this.#database.name,
      command: 'Connect',
      seconds: Math.floor((now - this.#since) / 1000),
      statement: this.#body,
      attributes: new Map(),
    };
  }

  /** Drops the event, or disables it where it is to be kept. Whether that went well. */
  async remove(): Promise<boolean> {
    const { preserve } = this.#event.statement;
    const { user, host } = this.#definer;
    const name = quoteName(this.#event.name);
    const text = preserve ? `ALTER DEFINER = ${quotedAccount(user, host)} EVENT ${name} DISABLE` : `DROP EVENT ${name}`;
    return await this.#inSession(undefined, async (session) => {
      for await (const _ of session.execute(text));
    });
  }

  /** What fails is told to the log. */
  async run(): Promise<void> {
    if (this.#isInterrupted) return;
    const { accounts } = this.#scene;
    const { statement, script } = this.#event;
    await this.#inSession(accounts, async (session) => {
      if (accounts.get(this.#definer) === undefined) throw noSuchDefiner(this.#definer);
      session.state.access!.assertDatabase(Privilege.event, this.#database.name);
      const parsed = { statement: statement.body, script, text: this.#body, parameters: 0, warnings: [] };
      for await (const _ of session.results(parsed));
    });
  }

  get #definer() {
    return definerOf(this.#event.statement.definer) ?? UNNAMED_DEFINER;
  }

  get #body(): string {
    return eventDefinition(this.#event).body;
  }

  /** With the rights of the definer, or all of them without `accounts`. */
  async #inSession(accounts: AccountBook | undefined, act: (session: Session) => Promise<void>): Promise<boolean> {
    const { engine, log } = this.#scene;
    const definer = this.#definer;
    const session = engine.session({
      connectionId: this.id,
      user: `${definer.user}@${definer.host}`,
      database: this.#database.name,
      access:
        accounts && ((scene) => new SessionAccess({ book: accounts, account: definer, host: definer.host }, scene)),
    });
    this.#session = session;
    try {
      session.setVariable('sql_mode', this.#event.sqlMode);
      await act(session);
      return true;
    } catch (error) {
      const { errno, message } = errorPacket(error, log);
      const event = `${this.#database.name}.${this.#event.name}`;
      log.error('an event failed', { event, definer: `${definer.user}@${definer.host}`, errno, error: message });
      return false;
    } finally {
      this.#session = undefined;
      await session.close();
    }
  }
}
