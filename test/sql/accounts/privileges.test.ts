import { describe, expect, test } from 'vitest';
import { EffectivePrivileges } from '../../../src/sql/accounts/effective-privileges.ts';
import { namesOf, numbersOf, PRIVILEGE_NAMES, Privilege, privilegeNamed } from '../../../src/sql/accounts/privilege.ts';
import {
  EMPTY_SET,
  type PrivilegeLevel,
  type PrivilegeSet,
  privilegesOn,
  withDynamic,
  withPrivileges,
} from '../../../src/sql/accounts/privilege-set.ts';

const { select, insert, update, grantOption } = Privilege;
const grant = (set: PrivilegeSet, level: PrivilegeLevel, privileges: number): PrivilegeSet =>
  withPrivileges(set, level, (now) => now | privileges);
const revoke = (set: PrivilegeSet, level: PrivilegeLevel, privileges: number): PrivilegeSet =>
  withPrivileges(set, level, (now) => now & ~privileges);

const ON_T: PrivilegeLevel = { kind: 'table', database: 'Shop', table: 'T' };
const ON_A: PrivilegeLevel = { kind: 'column', database: 'shop', table: 't', column: 'A' };
const ON_SHOP: PrivilegeLevel = { kind: 'database', database: 'shop' };
const ON_PUSH: PrivilegeLevel = { kind: 'routine', database: 'shop', routine: 'dolt_push', isProcedure: true };

describe('privileges', () => {
  test('have the numbers of the file', () => {
    expect(PRIVILEGE_NAMES).toHaveLength(31);
    expect(privilegeNamed('grant option')).toBe(1 << 10);
    expect(privilegeNamed('drop role')).toBe(1 << 30);
    expect(privilegeNamed('fly')).toBeUndefined();
    expect(numbersOf(Privilege.execute | select)).toEqual([0, 18]);
    expect(namesOf(Object.values(Privilege).reduce((all, bit) => all | bit, 0))).toEqual(PRIVILEGE_NAMES);
  });
});

describe('a set of privileges', () => {
  test('never changes', () => {
    const set = grant(EMPTY_SET, ON_T, select);
    grant(set, ON_T, insert);
    expect(privilegesOn(set, ON_T)).toBe(select);
    expect(EMPTY_SET.databases.size).toBe(0);
  });

  test('knows names in any case, and keeps them as they were given', () => {
    const set = grant(grant(EMPTY_SET, ON_T, select), ON_A, update);
    expect(privilegesOn(set, { kind: 'table', database: 'SHOP', table: 't' })).toBe(select);
    expect(privilegesOn(set, { kind: 'column', database: 'SHOP', table: 'T', column: 'a' })).toBe(update);
    expect([...set.databases.values()][0]!.name).toBe('Shop');
  });

  test('is empty when nothing is left', () => {
    let set = EMPTY_SET;
    for (const level of [ON_T, ON_A, ON_SHOP, ON_PUSH]) set = grant(set, level, select | insert);
    for (const level of [ON_SHOP, ON_PUSH, ON_T]) set = revoke(set, level, select | insert);
    expect(set.databases.size).toBe(1);
    expect(revoke(set, ON_A, select | insert)).toEqual(EMPTY_SET);
    expect(withDynamic(withDynamic(set, 'ROLE_ADMIN', true), 'role_admin', undefined).dynamic.size).toBe(0);
  });

  test('tells a procedure from a function', () => {
    const set = grant(EMPTY_SET, ON_PUSH, Privilege.execute);
    expect(privilegesOn(set, { ...ON_PUSH, isProcedure: false })).toBe(0);
  });
});

describe('what several sets give together', () => {
  const own = grant(grant(EMPTY_SET, ON_T, select), ON_A, update);
  const role = grant(grant(EMPTY_SET, ON_SHOP, insert), ON_PUSH, Privilege.execute);
  const both = new EffectivePrivileges([own, role]);

  test('comes down from the database to its tables and columns', () => {
    expect(both.database('shop')).toBe(insert);
    expect(both.table('shop', 't')).toBe(select | insert);
    expect(both.column('shop', 't', 'a')).toBe(select | insert | update);
    expect(both.column('shop', 't', 'b')).toBe(select | insert);
    expect(both.anyColumn('shop', 't')).toBe(select | insert | update);
    expect(both.table('other', 't')).toBe(0);
  });

  test('tells an explicit grant on a routine from one on its database', () => {
    const all = new EffectivePrivileges([grant(EMPTY_SET, ON_SHOP, Privilege.execute)]);
    expect(all.routine('shop', 'dolt_gc', true)).toBe(Privilege.execute);
    expect(all.ownOfRoutine('shop', 'dolt_gc', true)).toBe(0);
    expect(both.ownOfRoutine('shop', 'DOLT_PUSH', true)).toBe(Privilege.execute);
  });

  test('shows databases that something is granted in', () => {
    expect(both.seesDatabase('shop')).toBe(true);
    expect(both.seesDatabase('other')).toBe(false);
    expect(new EffectivePrivileges([grant(EMPTY_SET, ON_A, select)]).seesDatabase('shop')).toBe(true);
    const process = grant(EMPTY_SET, { kind: 'global' }, Privilege.process);
    expect(new EffectivePrivileges([process]).seesDatabase('shop')).toBe(false);
    const everywhere = grant(EMPTY_SET, { kind: 'global' }, select);
    expect(new EffectivePrivileges([everywhere]).seesDatabase('shop')).toBe(true);
  });

  test('of several patterns the most specific counts', () => {
    let set = grant(EMPTY_SET, { kind: 'database', database: '%' }, select | insert | update);
    set = grant(set, { kind: 'database', database: 'sh%' }, select | insert);
    set = grant(set, { kind: 'database', database: 'shop' }, select);
    const privileges = new EffectivePrivileges([set]);
    expect(privileges.database('shop')).toBe(select);
    expect(privileges.database('shoe')).toBe(select | insert);
    expect(privileges.database('other')).toBe(select | insert | update);
  });

  test('SUPER stands for dynamic privileges, and passes on none', () => {
    const root = new EffectivePrivileges([grant(EMPTY_SET, { kind: 'global' }, Privilege.super | grantOption)]);
    expect(root.hasDynamic('role_admin')).toBe(true);
    expect(root.mayPassOn('role_admin')).toBe(false);
    expect(both.hasDynamic('role_admin')).toBe(false);
    const holder = new EffectivePrivileges([withDynamic(EMPTY_SET, 'role_admin', true)]);
    expect([holder.hasDynamic('role_admin'), holder.mayPassOn('role_admin')]).toEqual([true, true]);
  });
});
