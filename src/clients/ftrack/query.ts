import { z } from 'zod';
import { failure } from '../../errors';
import type { FtrackOperation, FtrackSession } from './session';

const Page = z.object({
  data: z.array(z.unknown()),
  metadata: z.object({ next: z.object({ offset: z.number().nullish() }).nullish() }).nullish(),
});

/**
 * Queries that one request carries: a removed sequence of thousands must not become one request that takes longer
 * than any time-out, each time anew.
 */
const PER_REQUEST = 24;

/** Runs all queries in as few requests as is wise, then the next pages of those that have more. */
export async function queryAll<Name extends string>(
  session: FtrackSession,
  asked: Readonly<Record<Name, readonly string[]>>,
  signal: AbortSignal,
): Promise<Record<Name, unknown[]>> {
  const names = Object.keys(asked) as Name[];
  const rows = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, unknown[]>;
  let pending = names.flatMap((name) => asked[name].map((expression) => ({ name, expression, offset: 0 })));
  while (pending.length > 0) {
    const now = pending.slice(0, PER_REQUEST);
    const operations = now.map(
      ({ expression, offset }): FtrackOperation => ({
        action: 'query',
        expression: offset === 0 ? expression : `${expression} offset ${offset}`,
      }),
    );
    const pages = await session.call({ operations, what: 'reading entities' }, signal);
    const more = now.flatMap((query, index) => {
      const page = parse(Page, [pages[index]])[0];
      rows[query.name].push(...(page?.data ?? []));
      const next = page?.metadata?.next?.offset ?? null;
      return next === null || next <= query.offset ? [] : [{ ...query, offset: next }];
    });
    pending = [...more, ...pending.slice(PER_REQUEST)];
  }
  return rows;
}

/** Rows as they shall be. @throws `ftrack-rejected` when they are otherwise. */
export function parse<Row>(schema: z.ZodType<Row>, rows: readonly unknown[]): Row[] {
  const parsed = z.array(schema).safeParse(rows);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw failure(
    'ftrack-rejected',
    `ftrack answered in a shape that is not understood (${issue?.path.join('.')}: ${issue?.message}); check the server's version and the key's permissions`,
  );
}
