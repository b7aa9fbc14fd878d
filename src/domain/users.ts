import type { AyonUser, FtrackUser } from './model';

const lower = (text: string | null): string => (text ?? '').trim().toLowerCase();

/**
 * AYON user names by ftrack user id. E-mail first, then the ftrack user name (without what follows an @), regardless of
 * case on both sides. Two AYON users with one e-mail pair with nobody by it: a guess could assign the wrong person.
 */
export function pairUsers(
  ftrack: Iterable<FtrackUser>,
  ayon: readonly AyonUser[],
): ReadonlyMap<string, string> {
  const byEmail = new Map<string, string | undefined>();
  for (const user of ayon) {
    const email = lower(user.email);
    if (email !== '') {
      byEmail.set(email, byEmail.has(email) ? undefined : user.name);
    }
  }
  const byName = new Map(ayon.map((user) => [lower(user.name), user.name]));
  const pairs = new Map<string, string>();
  for (const user of ftrack) {
    const name = lower(user.username);
    const found =
      byEmail.get(lower(user.email)) ??
      byEmail.get(name) ??
      byName.get(name) ??
      byName.get(name.split('@')[0] ?? '');
    if (found !== undefined) {
      pairs.set(user.id, found);
    }
  }
  return pairs;
}

export interface Assignment {
  readonly assignees: readonly string[];
  /** ftrack users without a partner in AYON. */
  readonly unknown: readonly string[];
}

/**
 * Whom AYON's task shall be assigned to: ftrack's people, plus those that AYON assigned and ftrack does not know.
 * @param current AYON's assignees now; their order is kept.
 * @param assigned ftrack user ids.
 */
export function assign(
  current: readonly string[],
  assigned: readonly string[],
  pairs: ReadonlyMap<string, string>,
): Assignment {
  const known = new Set(pairs.values());
  const wanted = new Set(assigned.flatMap((id) => pairs.get(id) ?? []));
  const kept = current.filter((name) => wanted.has(name) || !known.has(name));
  return {
    assignees: [...new Set([...kept, ...wanted])],
    unknown: assigned.filter((id) => !pairs.has(id)),
  };
}

export const sameAssignees = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && new Set([...a, ...b]).size === new Set(a).size;
