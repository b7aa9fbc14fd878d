import { z } from 'zod';
import { statusOf } from './errors';
import { all, PAGE, PAGE_INFO, PageInfo } from './graphql';
import type { AyonHttp } from './http';

export interface AyonUser {
  readonly name: string;
  readonly email: string | null;
  readonly active: boolean;
}

const Users = z.object({
  users: z.object({
    pageInfo: PageInfo,
    edges: z.array(
      z.object({
        node: z.object({
          name: z.string(),
          active: z.boolean(),
          attrib: z.object({ email: z.string().nullish() }),
        }),
      }),
    ),
  }),
});

type Users = z.infer<typeof Users>;

export async function readUsers(http: AyonHttp, signal: AbortSignal): Promise<AyonUser[]> {
  const query = `query($after: String){users(first: ${PAGE}, after: $after){${PAGE_INFO} edges{node{name active attrib{email}}}}}`;
  const request = {
    query,
    schema: Users,
    subject: 'the users',
    connectionOf: (data: Users) => data.users,
  };
  return (await all(http, request, signal)).map(({ name, active, attrib }) => ({
    name,
    active,
    email: attrib.email ?? null,
  }));
}

/** What was written in somebody's name, or in ours when that was not possible. */
export interface ActedAs<Result> {
  readonly result: Result;
  /** Why it was written in the service user's name, for the report; undefined: it bears the wanted name. */
  readonly note?: string;
}

/** Does a write in the name of an AYON user. */
export type ActAs = <Result>(
  user: string | undefined,
  write: (asUser: string | undefined) => Promise<Result>,
  signal: AbortSignal,
) => Promise<ActedAs<Result>>;

/** Users are read again when they are older than this, in milliseconds. */
const MAX_AGE = 300_000;
/** An unknown name is looked for again when the users are older than this. */
const CALM = 15_000;

/**
 * `x-as-user` with a name that AYON does not have is a bare 500, so only users known to exist and to be active are
 * named; everything else is written by the service user, and said so.
 */
export function createActAs(http: AyonHttp, now = () => performance.now()): ActAs {
  let known: { readonly names: ReadonlySet<string>; readonly since: number } | undefined;

  async function has(user: string, maxAge: number, signal: AbortSignal): Promise<boolean> {
    if (known === undefined || now() - known.since > maxAge) {
      const users = await readUsers(http, signal);
      known = { names: new Set(users.filter(({ active }) => active).map(({ name }) => name)), since: now() };
    }
    return known.names.has(user);
  }

  return async (user, write, signal) => {
    if (user === undefined) {
      return { result: await write(undefined) };
    }
    const unknown = `AYON has no active user "${user}"; written as the integration's own user`;
    if (!(await has(user, MAX_AGE, signal)) && !(await has(user, CALM, signal))) {
      return { result: await write(undefined), note: unknown };
    }
    try {
      return { result: await write(user) };
    } catch (error) {
      if (statusOf(error) === 403) {
        const note = `AYON does not let "${user}" write there; written as the integration's own user`;
        return { result: await write(undefined), note };
      }
      if (statusOf(error) === 500 && !(await has(user, 0, signal))) {
        return { result: await write(undefined), note: unknown };
      }
      throw error;
    }
  };
}
