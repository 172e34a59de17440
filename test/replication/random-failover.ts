/**
 * A random life of three servers that share a remote, of which any may be promoted, join or be demoted at any time: with
 * writers at work, answers that get lost, disks that fail, processes that are killed or stand still, a remote that is away
 * while one takes over from a backup, a clock that jumps. All of it comes from one seed.
 *
 * What must hold: the remote never loses a commit; nothing arrives there from a server that another has taken over from; what
 * was refused is never there; what was acknowledged is there (synchronous), or there or kept aside (asynchronous), once; a
 * replica shows what was acknowledged before it was asked; no row points to one that is gone; a clone is whole.
 */
import { DiskError } from '../../src/base/disk.ts';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { readCommit } from '../../src/repo/commit.ts';
import { readDocument } from '../../src/repo/internal-document.ts';
import { HEADS } from '../../src/repo/refs.ts';
import { type Fate, Transport } from './transport.ts';
import { type Server, turns, World } from './world.ts';

const FATES: readonly Fate[] = ['refused', 'answer lost', 'request lost', 'silence', 'black hole'];
const REPLICA = { dolt_read_replica_remote: 'origin', dolt_replicate_all_heads: '1' };
const PRIMARY = { dolt_replicate_to_remote: 'origin' };
const PROMOTE = "call dolt_promote('origin')";
const JOIN = "call dolt_promote('origin', '--join')";
const REMOTE = '/remote';
const AWAY = '/away';
const BACKUP = '/backup';

type Outcome = 'ok' | 'refused' | 'unknown';

/** MySQL's ER_LOCK_DEADLOCK: the transaction may be tried again. */
const RETRY = 1213;
const PARENTS = 6;

interface Ran {
  readonly outcome: Outcome;
  readonly errno?: number | undefined;
}

class Member {
  readonly folder: string;
  readonly isAsync: boolean;
  server: Server | undefined;
  /** What the disk asks before each operation. */
  power = { isOn: true };

  constructor(folder: string, isAsync: boolean) {
    this.folder = folder;
    this.isAsync = isAsync;
  }
}

export class RandomFailover {
  readonly world: World;
  readonly log: string[] = [];
  readonly #random: () => number;
  readonly #members: readonly Member[];
  readonly #acknowledged = new Map<string, Member>();
  readonly #refused = new Set<string>();
  /** Messages on the remote, oldest first, as last looked at. */
  #there: readonly string[] = [];
  /** Messages that came by way of a backup: whoever took over from it may push them for others. */
  readonly #recovered = new Set<string>();
  /** All are primaries at first, of an epoch that nobody began. */
  readonly #beginsTogether: boolean;
  #isFaulty = false;
  #isAway = false;
  #count = 0;
  violation: string | undefined;
  /** Promotions from a backup. */
  recoveries = 0;
  /** Transactions that met others' rows, and of those the ones that succeeded when they were tried again. */
  clashes = 0;
  retried = 0;
  /** Reads of replicas after an acknowledgement elsewhere. */
  reads = 0;
  clones = 0;

  constructor(seed: number) {
    this.world = new World(seed);
    this.#random = this.world.random;
    const isAsync = seed % 3 === 0;
    this.#beginsTogether = seed % 2 === 0;
    this.#members = ['/a', '/b', '/c'].map((folder) => new Member(folder, isAsync));
  }

  async play(steps = 30): Promise<void> {
    await this.#setUp();
    this.#isFaulty = true;
    for (let step = 0; step < steps; step++) {
      await this.#step();
      if (this.#random() < 0.1) this.world.setClock((this.#random() - 0.5) * 7 * 86_400_000);
      this.#lookAfter();
    }
    this.#isFaulty = false;
    await this.#settle();
  }

  async #setUp(): Promise<void> {
    const [first, ...others] = this.#members as [Member, ...Member[]];
    this.world.init(first.folder, PRIMARY);
    const parents = Array.from({ length: PARENTS }, (_, id) => `(${id})`).join(', ');
    await this.world.sql(
      first.folder,
      `create table t (pk int primary key);
       create table i (id int primary key auto_increment, s varchar(20));
       create table parent (id int primary key); insert into parent values ${parents};
       create table child (id int primary key, p int, foreign key (p) references parent (id));
       call dolt_commit('-Am', 'tables')`,
    );
    await this.world.sql(first.folder, `call dolt_backup('sync-url', 'file://${BACKUP}')`);
    if (first.isAsync) this.world.configure(first.folder, { ...PRIMARY, dolt_async_replication: '1' });
    for (const { folder, isAsync } of others) {
      const role = this.#beginsTogether ? PRIMARY : REPLICA;
      await this.world.clone(folder, { ...role, ...(isAsync ? { dolt_async_replication: '1' } : {}) });
    }
    this.#look();
  }

  async #step(): Promise<void> {
    const member = this.#pick(this.#members);
    if (member.server === undefined) return await this.#start(member);
    const dice = this.#random();
    if (this.#isAway && this.#random() < 0.3) return this.#bringBack();
    if (dice < 0.04) return this.#takeAway();
    if (dice < 0.08) return this.#kill(member);
    if (dice < 0.12) return await this.#stop(member);
    if (dice < 0.24) return void (await this.#change(member, this.#beginsTogether ? JOIN : PROMOTE));
    if (dice < 0.28) return void (await this.#change(member, JOIN));
    if (dice < 0.36) return void (await this.#change(member, "call dolt_demote('origin')"));
    if (dice < 0.4) return void (await this.#change(member, `call dolt_backup('sync-url', 'file://${BACKUP}')`));
    if (dice < 0.42 || (this.#isAway && dice < 0.7)) return await this.#recover(member);
    const other = this.#pick(this.#members);
    if (dice < 0.46) return await this.#together([this.#change(member, PROMOTE), this.#change(other, PROMOTE)]);
    if (dice < 0.52) return await this.#together([this.#write(member), this.#write(member), this.#write(other)]);
    if (dice < 0.66) return await this.#together([this.#transact(member), this.#transact(other)]);
    if (dice < 0.68 && !this.#isAway) return await this.#together([this.#clone(), this.#burst(member)]);
    if (dice < 0.8 && other !== member && other.server !== undefined) {
      return await this.#together([this.#write(member), this.#change(other, PROMOTE)]);
    }
    await this.#write(member);
  }

  async #together(acts: readonly Promise<unknown>[]): Promise<void> {
    await this.world.finish(Promise.all(acts));
  }

  async #write(member: Member): Promise<void> {
    const pk = ++this.#count;
    const text = (message: string) => `insert into t values (${pk}); call dolt_commit('-am', '${message}')`;
    const { outcome } = await this.#commit(member, pk, text);
    if (outcome === 'ok' && !member.isAsync) await this.#readElsewhere(member, pk);
  }

  /** Transactions that may meet those of others: an id that two take, a row that is pointed to and gone. */
  async #transact(member: Member): Promise<void> {
    const parent = Math.floor(this.#random() * PARENTS);
    const kind = this.#random();
    for (let attempt = 0; attempt < 5; attempt++) {
      const n = ++this.#count;
      const change = (message: string): string => {
        if (kind < 0.6) return `insert into i (s) values ('${message}')`;
        return kind < 0.8 ? `insert into child values (${n}, ${parent})` : `delete from parent where id = ${parent}`;
      };
      const { outcome, errno } = await this.#commit(
        member,
        n,
        (message) => `set dolt_transaction_commit = 1, dolt_transaction_commit_message = '${message}';
          begin; ${change(message)}; insert into t values (${n}); commit`,
      );
      if (outcome === 'ok' && attempt > 0) this.retried++;
      if (errno !== RETRY) return;
      this.clashes++;
    }
  }

  /** Makes a commit, in a session of its own; its message names its maker. */
  async #commit(member: Member, n: number, text: (message: string) => string): Promise<Ran> {
    const message = `${member.folder.slice(1)}${n}`;
    const ran = await this.#run(member, text(message), member.server?.session());
    if (ran.outcome === 'refused') this.#refused.add(message);
    if (ran.outcome === 'ok') {
      this.#acknowledged.set(message, member);
      if (!member.isAsync)
        this.#expect(this.#onRemote().includes(message), `${message} was acknowledged and is not there`);
    }
    return ran;
  }

  /** So many commits that the remote's files are joined. */
  async #burst(member: Member): Promise<void> {
    for (let i = 0; i < 15; i++) {
      const text = (message: string) => `call dolt_commit('--allow-empty', '-m', '${message}')`;
      const { outcome } = await this.#commit(member, ++this.#count, text);
      if (outcome !== 'ok') return;
    }
  }

  async #clone(): Promise<void> {
    const folder = `/clone${++this.clones}`;
    await turns(Math.floor(this.#random() * 40));
    if (this.#isAway) return;
    await this.world.clone(folder);
    const { problems } = await this.world.fsck(folder);
    this.#expect(problems.length === 0, `${folder} is whole`);
    const there = this.#onRemote();
    const other = this.world.messages('main', folder).find((message) => !there.includes(message));
    this.#expect(other === undefined, `${folder} has ${other}, and the remote does not`);
  }

  /** A replica is asked by two at once, of which the second comes while the first's check runs. */
  async #readElsewhere(writer: Member, pk: number): Promise<void> {
    const isReplica = ({ server }: Member): boolean =>
      server?.opened.engine.state.globals.text('dolt_read_replica_remote') === 'origin';
    const replica = this.#members.find((member) => member !== writer && isReplica(member));
    const { server } = replica ?? {};
    if (replica === undefined || server === undefined) return;
    const read = async (): Promise<void> => {
      const rows = await server.rows(`select pk from t where pk = ${pk}`, server.session()).catch((error: unknown) => {
        if (!(error instanceof DoltError)) throw error;
      });
      if (rows === undefined || replica.server !== server || !isReplica(replica)) return;
      this.reads++;
      this.#expect(rows.length === 1, `${replica.folder} shows row ${pk}, which was acknowledged before`);
    };
    await this.world.finish(Promise.race([Promise.all([read(), read()]), this.#death(replica)]));
  }

  async #change(member: Member, text: string): Promise<Outcome> {
    return (await this.#run(member, text, member.server?.session())).outcome;
  }

  async #recover(member: Member): Promise<void> {
    // What it holds of others comes along.
    for (const message of this.world.messages('main', BACKUP)) this.#recovered.add(message);
    const outcome = await this.#change(member, `call dolt_promote('--from-backup', 'file://${BACKUP}')`);
    if (outcome === 'ok') this.recoveries++;
  }

  #takeAway(): void {
    if (this.#isAway) return;
    this.#note('the remote is away');
    this.world.move(REMOTE, AWAY);
    this.#isAway = true;
  }

  #bringBack(): void {
    if (!this.#isAway) return;
    this.#note('the remote is back');
    this.world.move(AWAY, REMOTE);
    this.#isAway = false;
  }

  async #run(member: Member, text: string, session: ReturnType<Server['session']> | undefined): Promise<Ran> {
    const { server } = member;
    if (server === undefined || session === undefined) return { outcome: 'unknown' };
    this.#note(`${member.folder}: ${text}`);
    let ran: Ran = { outcome: 'ok' };
    const running = server.rows(text, session).catch((error: unknown) => {
      if (!(error instanceof DoltError)) throw error;
      const { errno } = error as { errno?: number };
      ran = { outcome: error.kind === 'unknown' ? 'unknown' : 'refused', errno };
      this.#note(`  ${member.folder}: ${error.kind}: ${error.message}`);
    });
    if (this.#isFaulty && this.#random() < 0.08) {
      await turns(1 + Math.floor(this.#random() * 12));
      this.#kill(member);
      return { outcome: 'unknown' };
    }
    await this.world.finish(Promise.race([running.then(() => {}), this.#death(member)]));
    return member.server === server ? ran : { outcome: 'unknown' };
  }

  /** Of a process that another step kills. */
  async #death(member: Member): Promise<void> {
    const { power } = member;
    while (power.isOn) await turns(5);
  }

  async #start(member: Member): Promise<void> {
    const power = { isOn: true };
    member.power = power;
    let left = this.#isFaulty && this.#random() < 0.4 ? Math.floor(this.#random() * 400) : Number.POSITIVE_INFINITY;
    const counts = (operation: string): boolean => {
      if (!power.isOn) throw new DiskError('unavailable', 'EIO', operation, `${operation}: the process was killed`);
      return --left === 0;
    };
    const disk = new FailingDisk(this.world.disk, { failAt: 1, counts });
    const transport = new Transport();
    const rate = this.#isFaulty ? this.#pick([0, 0, 0.1, 0.2]) : 0;
    transport.fate = (_, nth) => {
      if (nth < 0 || !this.#isFaulty || this.#random() >= rate) return undefined;
      return this.#pick(FATES);
    };
    transport.before = async () => {
      if (this.#random() < 0.3) await turns(Math.floor(this.#random() * 4));
      // It stands still, for up to twenty seconds.
      else if (this.#isFaulty && this.#random() < 0.02) await turns(Math.floor(this.#random() * 600));
    };
    transport.done = () => this.#look();
    this.#note(`${member.folder} starts`);
    try {
      const starting = this.world.start(member.folder, { disk, transport, exclusive: true }).then((server) => {
        member.server = server;
      });
      await this.world.finish(starting);
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#note(`  did not start: ${error.message}`);
      power.isOn = false;
    }
  }

  async #stop(member: Member): Promise<void> {
    const { server } = member;
    if (server === undefined) return;
    this.#note(`${member.folder} ends`);
    member.server = undefined;
    try {
      await this.world.finish(server.stop().then(() => {}));
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      server.kill();
    }
    member.power.isOn = false;
  }

  #kill(member: Member): void {
    if (member.server === undefined) return;
    this.#note(`${member.folder} is killed`);
    member.server.kill();
    member.power.isOn = false;
    member.server = undefined;
  }

  /** The remote was asked something: what is there now, and how it got there. */
  #look(): void {
    if (this.world.disk.stat(`${this.#remotePlace}/manifest`) === undefined) return;
    const there = this.#onRemote();
    const lost = this.#there.filter((message) => !there.includes(message));
    if (lost.length > 0) this.violation ??= `the remote lost ${lost.join(', ')}`;
    const wrong = there.find((message) => this.#refused.has(message));
    if (wrong !== undefined) this.violation ??= `${wrong} was refused and is there`;
    for (const message of there) {
      if (this.#there.includes(message) || this.#recovered.has(message) || !/^[abc]\d/.test(message)) continue;
      const [epoch, joined] = [this.#epoch(), this.#joined(`/${message[0]}`)];
      if (joined !== epoch) this.violation ??= `${message} arrived in epoch ${epoch}, whose maker is in ${joined}`;
    }
    this.#there = there;
  }

  #onRemote(): readonly string[] {
    return this.world.messages('main', this.#remotePlace).reverse();
  }

  get #remotePlace(): string {
    return this.#isAway ? AWAY : REMOTE;
  }

  #epoch(): number {
    return this.world.reading(this.#remotePlace, (refs, nodes) => {
      const at = refs.get('refs/internal/replication');
      return at === undefined ? 0 : (JSON.parse(readCommit(nodes, at).message) as { epoch: number }).epoch;
    });
  }

  /** Which epoch a member takes itself to be in; undefined when it is fenced. */
  #joined(folder: string): number | undefined {
    const stored = this.world.reading(folder, (refs, nodes) => readDocument(nodes, refs, 'replication/epoch/origin'));
    const { epoch, successor } = (stored ?? { epoch: 0 }) as { epoch: number; successor?: unknown };
    return successor === undefined ? epoch : undefined;
  }

  #lookAfter(): void {
    this.#look();
    this.#expect(this.violation === undefined, this.violation ?? '');
  }

  /** One is promoted, the others demoted: all of them agree, and nothing that was acknowledged is missing. */
  async #settle(): Promise<void> {
    for (const member of this.#members) this.#kill(member);
    await turns();
    this.#bringBack();
    const [first, ...others] = this.#members as [Member, ...Member[]];
    await this.#start(first);
    // What it acknowledged at once and cannot be merged, an id that another took, is kept aside by that.
    if (first.isAsync) await first.server!.rows("call dolt_demote('origin')");
    await first.server!.rows(PROMOTE);
    for (const member of others) {
      await this.#start(member);
      const write = await member.server!.error("call dolt_commit('--allow-empty', '-m', 'late')");
      this.#expect((write as { errno?: number }).errno === 1290, `${member.folder} takes no writes: ${write.message}`);
      await member.server!.rows("call dolt_demote('origin')");
    }
    await first.server!.rows("insert into t values (100000); call dolt_commit('-am', 'last')");
    const orphans = await first.server!.rows('select id from child where p not in (select id from parent)');
    this.#expect(orphans.length === 0, 'every child has its parent');
    const ids = await first.server!.rows('select s from i group by s having count(*) > 1');
    this.#expect(ids.length === 0, 'what was inserted once is there once');
    await this.#stop(first);
    const there = this.#onRemote();
    for (const member of this.#members) {
      await member.server?.rows('select 1 from t');
      const head = this.world.refs(member.folder)[`${HEADS}main`];
      this.#expect(head === this.world.refs()[`${HEADS}main`], `${member.folder} follows`);
      await this.#stop(member);
      const { problems } = await this.world.fsck(member.folder);
      this.#expect(problems.length === 0, `${member.folder} is sound`);
      const held = this.world.datasets(member.folder, 'refs/internal/replication/held');
      this.#expect(held.length === 0, `${member.folder} is settled`);
    }
    for (const [message, member] of this.#acknowledged) {
      const count = there.filter((each) => each === message).length;
      const isKept = member.isAsync && this.#kept(member).includes(message);
      this.#expect(count === 1 || (count === 0 && isKept), `${message} was acknowledged, and is there ${count} times`);
    }
    this.#lookAfter();
  }

  /** Messages on branches that were kept aside. */
  #kept({ folder }: Member): readonly string[] {
    const branches = Object.keys(this.world.refs(folder)).filter((ref) => ref.startsWith(`${HEADS}unreplicated/`));
    return branches.flatMap((ref) => this.world.messages(ref.slice(HEADS.length), folder));
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  get promotions(): number {
    return this.#epoch();
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!;
  }

  #note(text: string): void {
    this.log.push(text);
  }

  #expect(holds: boolean, promise: string): void {
    if (!holds) throw new Error(`broken: ${promise}`);
  }
}
