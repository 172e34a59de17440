// What a hub costs that is polled, and how long its pages take: for rows of `npm run bench -- --only http`.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';

const ROOT = '/dolt.services.remotesapi.v1alpha1.ChunkStoreService/Root';
/** Of /proc/<pid>/stat, on every Linux. */
const TICKS_A_SECOND = 100;

/** Processor time of a process so far, in milliseconds: user and system. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_A_SECOND;
}

/** RootRequest of a repository: field 3, `repo_path`, which is shorter than 128 bytes. */
const rootRequest = (path) => Buffer.concat([Buffer.of(0x1a, Buffer.byteLength(path)), Buffer.from(path)]);

/** So many replicas, each with its own connection, ask once a second: the share of a core of `pid`, and how long they wait. */
export async function polled({ pid, authority, repository, replicas = 64, seconds = 20 }) {
  const request = rootRequest(repository);
  const same = (bytes) => bytes;
  const clients = Array.from({ length: replicas }, () => {
    return new Client(authority, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  });
  const waits = [];
  const poll = (client) =>
    new Promise((resolve, reject) => {
      const start = performance.now();
      client.makeUnaryRequest(ROOT, same, same, request, (error) => {
        waits.push(performance.now() - start);
        if (error) reject(error);
        else resolve();
      });
    });
  const replica = async (client, offset, until) => {
    await sleep(offset);
    while (performance.now() < until) {
      const next = performance.now() + 1000;
      await poll(client);
      await sleep(Math.max(0, next - performance.now()));
    }
  };
  // Warm: connections are made, and the code has run.
  for (let i = 0; i < 20; i++) await Promise.all(clients.map(poll));
  await sleep(1000);
  waits.length = 0;
  const [before, start] = [cpuOf(pid), performance.now()];
  const until = start + seconds * 1000;
  await Promise.all(clients.map((client, i) => replica(client, (i * 1000) / replicas, until)));
  const share = (cpuOf(pid) - before) / (performance.now() - start);
  for (const client of clients) client.close();
  return { share, wait: medianOf(waits) };
}

/** Milliseconds that a page takes, the median of so many. */
export async function pageTime(url, times = 30) {
  const waits = [];
  for (let i = 0; i < times + 5; i++) {
    const start = performance.now();
    const answer = await fetch(url);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${url}: ${answer.status}: ${text.slice(0, 200)}`);
    // The first ones load and compile code.
    if (i >= 5) waits.push(performance.now() - start);
  }
  return medianOf(waits);
}

const medianOf = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
