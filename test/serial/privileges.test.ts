import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readBranchControl, writeBranchControl } from '../../src/serial/branch-control.ts';
import { readPrivileges, writePrivileges } from '../../src/serial/privileges.ts';

/** Written by Dolt 2.3.1. */
const recorded = readFileSync(new URL('../../fixtures/accounts/privileges.db', import.meta.url));

describe('privileges.db', () => {
  const message = readPrivileges(recorded);

  test('is read as the original wrote it', () => {
    expect(message.accounts.map(({ user, host }) => `${user}@${host}`)).toEqual([
      'app@%',
      'reader@%',
      'tls@%',
      'writer@%',
      'sha@10.0.%',
    ]);
    expect(message.superAccounts.map(({ user, isLocked }) => [user, isLocked])).toEqual([
      ['event_scheduler', true],
      ['root', false],
    ]);
    const [app, reader, tls] = message.accounts;
    expect(app!.privileges.databases.map(({ name }) => name)).toEqual(['db', 'other']);
    expect(app!.privileges.databases[0]!.routines).toEqual([
      { name: 'dolt_push', privileges: [18], isProcedure: true },
    ]);
    expect(reader!.privileges.global).toEqual([0]);
    expect(tls!.privileges.dynamic.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'clone_admin', withGrant: true },
      { name: 'replication_slave_admin', withGrant: false },
    ]);
    expect(tls!.sslType).toBe('ANY');
    expect(message.roleEdges).toEqual([
      { fromHost: '%', fromUser: 'reader', toHost: '%', toUser: 'app', withAdmin: false },
      { fromHost: '%', fromUser: 'writer', toHost: '%', toUser: 'app', withAdmin: true },
    ]);
  });

  test('is written to the same bytes', () => {
    expect(Buffer.from(writePrivileges(message)).equals(recorded)).toBe(true);
  });

  test('that is cut short is refused', () => {
    for (let length = 0; length < recorded.length; length += 7) {
      const cut = recorded.subarray(0, length);
      let read: unknown;
      try {
        read = readPrivileges(cut);
      } catch (error) {
        expect(error).toMatchObject({ kind: 'corrupt' });
        continue;
      }
      expect(read, `cut at ${length}`).toEqual(message);
    }
  });

  test('carries what only the original uses', () => {
    const source = {
      host: 'h',
      user: 'u',
      password: 'p',
      port: 3306,
      uuid: 'x',
      retrySeconds: 60,
      retryCount: 86400n,
    };
    const attributes = '{"a": 1}';
    const [first, ...rest] = message.accounts;
    const changed = { ...message, binlogSources: [source], accounts: [{ ...first!, attributes }, ...rest] };
    expect(readPrivileges(writePrivileges(changed))).toEqual(changed);
  });
});

describe('branch_control.db', () => {
  const files = ['first', 'second'].map((name) =>
    readFileSync(new URL(`../../fixtures/branch-control/${name}.db`, import.meta.url)),
  );
  /** Without what the original's memory held. */
  const body = (bytes: Uint8Array): Buffer => Buffer.from(bytes.subarray(4));

  test('is read as the original wrote it', () => {
    const { accessLog, namespaceLog, namespace } = readBranchControl(files[0]!);
    expect(accessLog.length).toBe(11);
    expect(accessLog[2]).toEqual({
      isInsert: false,
      ...{ database: '%', branch: '%', user: '%', host: '%' },
      permissions: 0,
    });
    expect(namespaceLog.map(({ isInsert }) => isInsert)).toEqual([true, true, true, false, true]);
    expect(namespace.map(({ branch, user }) => [branch, user])).toEqual([
      ['release/%', 'ann'],
      ['release/2%', 'bob'],
      ['имя𝒳\\%', 'Zoë'],
    ]);
  });

  test('is written to the same bytes', () => {
    for (const bytes of files) {
      expect(body(writeBranchControl(readBranchControl(bytes))).equals(body(bytes))).toBe(true);
    }
  });

  test('knows what permissions meant before there was `merge`', () => {
    const rule = { isInsert: true, database: 'db', branch: 'br', user: 'us', host: 'ho', permissions: 4 };
    const accessLog = [rule, { ...rule, permissions: 2 }];
    const bytes = Buffer.from(writeBranchControl({ accessLog, namespaceLog: [], namespace: [] }));
    expect(readBranchControl(bytes).accessLog).toEqual(accessLog);
    // The versions of the two logs are the only numbers of that value.
    for (let at = 0; at < bytes.length; at += 4) if (bytes.readUInt32LE(at) === 1) bytes[at] = 0;
    expect(readBranchControl(bytes).accessLog).toEqual([{ ...rule, permissions: 8 }, accessLog[1]]);
  });

  test('that is cut short or no such file is refused', () => {
    const [recorded] = files;
    const message = readBranchControl(recorded!);
    for (let length = 0; length < recorded!.length; length += 7) {
      let read: unknown;
      try {
        read = readBranchControl(recorded!.subarray(0, length));
      } catch (error) {
        expect(error).toMatchObject({ kind: 'corrupt' });
        continue;
      }
      expect(read, `cut at ${length}`).toEqual(message);
    }
  });
});
