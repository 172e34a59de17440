/** What may be done on a branch: bits, of which each stands for those after it. */

export type Permissions = number;

export const Permission = { admin: 1, write: 2, merge: 4, read: 8 } as const;

/** In the order of their bits. */
export const PERMISSION_NAMES: readonly string[] = ['admin', 'write', 'merge', 'read'];

/** The highest, which says all. Reading is what everybody may. */
export function highest(permissions: Permissions): Permissions {
  for (const each of [Permission.admin, Permission.write, Permission.merge])
    if ((permissions & each) !== 0) return each;
  return Permission.read;
}

/** Whether `needed`, one of them, is among the permissions or below one. */
export function allows(permissions: Permissions, needed: Permissions): boolean {
  return highest(permissions) <= needed;
}

export function permissionsText(permissions: Permissions): string {
  return PERMISSION_NAMES.filter((_, i) => (permissions & (1 << i)) !== 0).join(',');
}
