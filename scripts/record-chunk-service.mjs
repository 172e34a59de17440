// Records what a client of the original says to the original's server, and what that answers, by standing between them:
//   node scripts/record-chunk-service.mjs DOLT REMOTESRV FOLDER
// DOLT and REMOTESRV are the original's programs; FOLDER gets one file of JSON lines for each scene. gRPC comes in as bytes and
// goes on as bytes, but for the port in URLs: what is behind them passes through here, too.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, credentials, Metadata, Server, ServerCredentials } from '@grpc/grpc-js';

const SERVICE = '/dolt.services.remotesapi.v1alpha1.ChunkStoreService/';
const UNARY = [
  'GetRepoMetadata',
  'HasChunks',
  'GetDownloadLocations',
  'GetUploadLocations',
  'Rebase',
  'Root',
  'Commit',
  'ListTableFiles',
  'RefreshTableFileUrl',
  'AddTableFiles',
];
const STREAMS = ['StreamDownloadLocations', 'StreamChunkLocations'];
const PORT = 50_351;
const OWN_GRPC_PORT = 50_353;
const OWN_HTTP_PORT = 50_354;

const [dolt, remotesrv, folder] = process.argv.slice(2).map((path) => resolve(path));
const scratch = mkdtempSync(join(tmpdir(), 'record-'));
let out;
const write = (entry) => out?.write(`${JSON.stringify(entry)}\n`);
const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const asIs = (bytes) => bytes;
/** As long as before, so that no length in the message changes. */
const throughHere = (answer) =>
  answer && Buffer.from(answer.toString('latin1').replaceAll(`:${PORT}/`, `:${OWN_HTTP_PORT}/`), 'latin1');

function grpcHalf() {
  const client = new Client(`127.0.0.1:${PORT}`, credentials.createInsecure(), {});
  const server = new Server();
  for (const name of UNARY) {
    const path = SERVICE + name;
    const handle = (call, reply) => {
      client.makeUnaryRequest(path, asIs, asIs, call.request, new Metadata(), (error, direct) => {
        const answer = throughHere(direct);
        write({
          call: name,
          request: base64(call.request),
          ...(error ? { code: error.code } : { answer: base64(answer) }),
        });
        reply(error, answer);
      });
    };
    server.register(path, handle, asIs, asIs, 'unary');
  }
  for (const name of STREAMS) {
    const path = SERVICE + name;
    const handle = (call) => {
      const requests = [];
      const answers = [];
      const onward = client.makeBidiStreamRequest(path, asIs, asIs, new Metadata());
      call.on('data', (request) => {
        requests.push(base64(request));
        onward.write(request);
      });
      call.on('end', () => onward.end());
      onward.on('data', (direct) => {
        const answer = throughHere(direct);
        answers.push(base64(answer));
        call.write(answer);
      });
      onward.on('end', () => {
        write({ stream: name, requests, answers });
        call.end();
      });
      onward.on('error', (error) => call.emit('error', error));
    };
    server.register(path, handle, asIs, asIs, 'bidi');
  }
  return new Promise((done, failed) => {
    const address = `127.0.0.1:${OWN_GRPC_PORT}`;
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) => (error ? failed(error) : done(server)));
  });
}

function httpHalf() {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { method, url, headers } = request;
    const onward = httpRequest({ host: '127.0.0.1', port: PORT, method, path: url, headers }, async (answer) => {
      const bytes = Buffer.concat(await answer.toArray());
      const range = headers.range === undefined ? {} : { range: headers.range };
      const sent = body.length === 0 ? {} : { body: base64(body) };
      write({ http: method, url, ...range, ...sent, status: answer.statusCode, answer: base64(bytes) });
      response.writeHead(answer.statusCode, answer.headers).end(bytes);
    });
    onward.end(body);
  });
  return new Promise((done) => server.listen(OWN_HTTP_PORT, '127.0.0.1', () => done(server)));
}

const environment = { ...process.env, HOME: join(scratch, 'home'), DOLT_AUTHOR_DATE: '2026-01-02T03:04:05Z' };
environment.DOLT_COMMITTER_DATE = environment.DOLT_AUTHOR_DATE;
const run = (cwd, ...args) =>
  new Promise((done, failed) => {
    const child = spawn(dolt, args, { cwd, env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('exit', (code) => (code === 0 ? done() : failed(new Error(`dolt ${args.join(' ')}: ${code}`))));
  });
async function scene(name, work) {
  out = createWriteStream(join(folder, `${name}.jsonl`));
  await work();
  await new Promise((done) => out.end(done));
  out = undefined;
}

mkdirSync(join(scratch, 'data'));
mkdirSync(environment.HOME);
mkdirSync(folder, { recursive: true });
const ports = ['--grpc-port', String(PORT), '--http-port', String(PORT)];
const server = spawn(remotesrv, ['--dir', '.', ...ports], { cwd: join(scratch, 'data'), stdio: 'ignore' });
const halves = [];
try {
  halves.push(await grpcHalf(), await httpHalf());
  await new Promise((done) => setTimeout(done, 1000));
  for (const [key, value] of [
    ['user.name', 'Recorder'],
    ['user.email', 'recorder@example.com'],
    ['metrics.disabled', 'true'],
  ])
    await run(scratch, 'config', '--global', '--add', key, value);
  const url = `http://127.0.0.1:${OWN_GRPC_PORT}/recorded/db`;
  const first = join(scratch, 'first');
  mkdirSync(first);
  await run(first, 'init');
  await run(first, 'sql', '-q', table(1, 400));
  await run(first, 'remote', 'add', 'origin', url);
  await scene('first-push', () => run(first, 'push', 'origin', 'main'));
  await run(first, 'sql', '-q', "update t set v = 'changed' where id % 100 = 0; call dolt_commit('-am', 'second')");
  await scene('second-push', () => run(first, 'push', 'origin', 'main'));
  await run(first, 'tag', 'v1', '-m', 'tagged');
  await scene('tag-push', () => run(first, 'push', 'origin', 'v1'));
  await scene('clone', () => run(scratch, 'clone', url, 'second'));
  await run(first, 'sql', '-q', "delete from t where id = 7; call dolt_commit('-am', 'third')");
  await scene('third-push', () => run(first, 'push', 'origin', 'main'));
  await scene('fetch', () => run(join(scratch, 'second'), 'fetch'));
} finally {
  server.kill();
  const [calls, files] = halves;
  calls?.forceShutdown();
  files?.close();
  rmSync(scratch, { recursive: true, force: true });
}

function table(from, to) {
  const rows = [];
  for (let i = from; i <= to; i++) rows.push(`(${i}, repeat(sha2('${i}', 256), 2))`);
  return `create table t (id int primary key, v varchar(200)); insert into t values ${rows}; call dolt_commit('-Am', 'first')`;
}
