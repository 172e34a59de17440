/** Who pushes to the repository, who pulls from it, and how far behind each is. */
import type { ReplicaState, ReplicationPanel } from '../../content/replication.ts';
import type { Delay, Push } from '../../replicas.ts';
import { count, counted, duration, moment } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type RepositoryVisit, repositoryPage } from '../layout.ts';
import { card, shortHash, time } from '../parts.ts';
import { repositoryUrl } from '../urls.ts';

export interface HookState {
  /** Without what may be secret in it. */
  readonly url: string;
  readonly delivered: number;
  readonly waiting: number;
  readonly lastError: { readonly message: string; readonly at: number } | undefined;
}

export function replicationPage(
  visit: RepositoryVisit,
  { primaries, epoch, pushes, replicas }: ReplicationPanel,
  hooks: readonly HookState[],
): string {
  const { repository, now } = visit;
  const primary = primaries.map(({ server, branches, lastCommit }) => {
    const names = branches.map(
      (name, i) => html`${i > 0 && ', '}<a href="${repositoryUrl(repository, name)}">${name}</a>`,
    );
    return html`<li><div class="row">
<div>server <span class="mono" title="${server}">${server.slice(0, 12)}</span><br><span class="quiet">${names}</span></div>
<span class="quiet">${lastCommit !== undefined && html`last commit ${time(lastCommit, now)}`}</span></div></li>`;
  });
  const noReplicas = html`<p class="empty">No replica has asked this hub since it was started.
A server pulls from here with <code>@@GLOBAL.dolt_read_replica_remote</code>.</p>`;
  const noPrimaries = html`<p class="empty">No server replicates to here: what is here was pushed by hand.
A server does with <code>@@GLOBAL.dolt_replicate_to_remote</code>.</p>`;
  const pulls = replicas.map((state) => replicaItem(state, now));
  const listOr = (items: readonly Html[], none: Html): Html =>
    items.length === 0 ? none : html`<ul class="list">${items}</ul>`;
  const begun = epoch !== undefined && html`epoch ${count(epoch.epoch)}, begun by ${epoch.server} · `;
  const content = html`<h1 class="skip">Replication</h1>
${card('Who pulls', listOr(pulls, noReplicas), { id: 'replicas', note: count(replicas.length) })}
${card('Who pushes', listOr(primary, noPrimaries), { id: 'primaries', note: html`${begun}${count(primaries.length)}` })}
${pushes.length > 0 && pushList(pushes, now)}
${hooks.length > 0 && hookList(hooks, now)}`;
  return repositoryPage(visit, { title: 'Replication', tab: 'replication', content });
}

/** A replica that asks once a second is late when it has been silent for so long. */
const SILENT_MS = 60_000;
const LATE_MS = 30_000;
/** Who has asked for less long than that has cloned or pulled by hand. */
const REPLICA_MS = 10_000;

function replicaItem({ replica, behind }: ReplicaState, now: number): Html {
  const { name, account, firstSeen, lastSeen, delays, lastError } = replica;
  if (lastSeen - firstSeen < REPLICA_MS && lastError === undefined) {
    return html`<li><div class="row"><div><span class="state"></span><span class="strong">${name}</span></div>
<span class="quiet">pulled ${time(lastSeen, now)}</span></div></li>`;
  }
  const isSilent = now - lastSeen > SILENT_MS;
  const isLate = behind === undefined || behind.milliseconds > LATE_MS;
  const state = isSilent ? 'bad' : isLate ? 'late' : 'good';
  const distance =
    behind === undefined
      ? 'far behind'
      : behind.commits === 0
        ? 'has everything'
        : `${counted(behind.commits, 'commit')}${behind.isMore ? ' or more' : ''} behind, ${duration(behind.milliseconds)}`;
  const as = account !== undefined && account !== name && html` <span class="quiet">as ${account}</span>`;
  const failure =
    lastError !== undefined &&
    html`<p class="notice">${lastError.message} <span class="quiet">${time(lastError.at, now)}</span></p>`;
  return html`<li><div class="row">
<div><span class="state ${state}"></span><span class="strong">${name}</span>${as}<br>
<span>${isSilent ? 'silent' : distance}</span>
<span class="quiet">${isSilent && `(${distance})`} · asked ${time(lastSeen, now)}</span></div>
${delays.length > 1 && delayChart(delays)}</div>${failure}</li>`;
}

const CHART = { width: 240, height: 44, bar: 5, gap: 1 };

/** How long after a push the replica came to see it, of the last ones. */
function delayChart(delays: readonly Delay[]): Html {
  const { width, height, bar, gap } = CHART;
  const most = Math.max(...delays.map(({ milliseconds }) => milliseconds), 1);
  const bars = delays.map(({ at, milliseconds }, i) => {
    const tall = Math.max(1, Math.round((milliseconds / most) * (height - 14)));
    const x = width - (delays.length - i) * (bar + gap);
    const told = `${duration(milliseconds)}, ${moment(at)}`;
    return html`<rect x="${x}" y="${height - tall}" width="${bar}" height="${tall}" rx="1"><title>${told}</title></rect>`;
  });
  const label = `A push was seen after ${duration(most)} at the most, of the last ${delays.length}`;
  const box = html`viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  return html`<svg class="chart" ${box} role="img" aria-label="${label}">
<line x1="0" x2="${width}" y1="${height - 0.5}" y2="${height - 0.5}"/>${bars}
<text x="0" y="10">seen after ${duration(most)} at most</text></svg>`;
}

function pushList(pushes: readonly Push[], now: number): Html {
  const items = pushes.map(
    ({ account, root, at }) => html`<li><div class="row"><span class="strong">${account ?? 'somebody'}</span>
<span class="hash quiet" title="${root}">${shortHash(root)}</span><span class="quiet">${time(at, now)}</span></div></li>`,
  );
  return card('Latest pushes', html`<ul class="list">${items}</ul>`, { id: 'pushes' });
}

function hookList(hooks: readonly HookState[], now: number): Html {
  const items = hooks.map(({ url, delivered, waiting, lastError }) => {
    const failure =
      lastError !== undefined &&
      html`<p class="notice">${lastError.message} <span class="quiet">${time(lastError.at, now)}</span></p>`;
    const queue = waiting > 0 && html`, ${count(waiting)} waiting`;
    return html`<li><div class="row"><div class="mono">${url}</div>
<span class="quiet">${counted(delivered, 'delivery', 'deliveries')}${queue}</span></div>${failure}</li>`;
  });
  return card('Webhooks', html`<ul class="list">${items}</ul>`, { id: 'hooks' });
}
