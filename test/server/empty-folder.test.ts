/** A server of a folder in which there is nothing yet. */
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, test } from 'vitest';
import { serverConfig } from '../../src/server/config.ts';
import { startServer } from '../../src/server/server-process.ts';
import { openLog } from '../../src/service/log.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';

test('its first database is made by a client', async () => {
  const environment = memoryEnvironment();
  environment.disk.makeDirectory('test', '/srv');
  const log = openLog('info', 'text', () => {});
  const { config } = serverConfig({
    listener: { host: '127.0.0.1', port: 0 },
    behavior: { event_scheduler: 'DISABLED' },
  });
  const running = await startServer({ environment: { ...environment, logger: log }, directory: '/srv', config, log });
  const [endpoint] = running.endpoints;
  const port = endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
  const client = await createConnection({ host: '127.0.0.1', port, user: 'root', multipleStatements: true });
  const databases = async (): Promise<string[]> => {
    const [rows] = await client.query<RowDataPacket[]>('show databases');
    return rows.map((row) => row['Database']);
  };
  expect(await databases()).toEqual(['information_schema', 'mysql']);
  await client.query('create database shop; use shop; create table t (id int primary key)');
  expect(await databases()).toEqual(['information_schema', 'mysql', 'shop']);
  expect(environment.disk.stat('/srv/shop/.dolt')?.kind).toBe('directory');
  await client.end();
  await running.stop();
});
