import { z } from 'zod';
import { incompatible } from './errors';
import type { Mark } from './event-cursor';
import { graphql, nextCursor, PAGE_INFO, PageInfo } from './graphql';
import type { AyonHttp } from './http';
import { shaped } from './rest';

const Fields = z.record(z.string(), z.json());

/** GraphQL gives objects as JSON text; one that is not there may be `null` in it. */
const FieldsText = z.string().transform((text, context) => {
  try {
    return Fields.nullable().parse(JSON.parse(text));
  } catch {
    context.addIssue('is no JSON object');
    return z.NEVER;
  }
});

const Common = {
  id: z.string(),
  topic: z.string(),
  sender: z.string().nullish(),
  project: z.string().nullish(),
  user: z.string().nullish(),
  description: z.string().nullish(),
  createdAt: z.string(),
};
const Edges = z.array(
  z.object({
    cursor: z.string(),
    node: z.object({ ...Common, summary: FieldsText, payload: FieldsText.nullish() }),
  }),
);
const Page = z.object({
  events: z.object({ pageInfo: PageInfo, edges: Edges }),
  anchor: z.object({ edges: z.array(z.unknown()) }).nullish(),
});
const Head = z.object({ events: z.object({ edges: Edges }) });

const EDGES = 'edges{cursor node{id topic sender project user description createdAt summary payload}}';

/** An event as a page lists it: with everything but its sender type. */
export interface Listed extends Mark {
  readonly event: WholeEvent;
}

export interface EventPage {
  readonly listed: readonly Listed[];
  /** Cursor of the next page; undefined: this one was the last. */
  readonly next: string | undefined;
  /** AYON no longer has the event that was asked for as the anchor. */
  readonly isAnchorGone: boolean;
}

export interface PageRequest {
  /** `*` at the end stands for anything; null: all topics but AYON's own log. */
  readonly topics: readonly string[] | null;
  readonly first: number;
  readonly after: string | null;
  /** Id of an event that must still be there. */
  readonly anchor: string | null;
}

const SUBJECT = 'the events';

/** Events in the order of their insertion, from a cursor on. */
export async function readPage(
  http: AyonHttp,
  request: PageRequest,
  signal: AbortSignal,
): Promise<EventPage> {
  const { topics, first, after, anchor } = request;
  const isAnchored = anchor !== null;
  const declared = `$topics: [String!], $first: Int, $after: String${isAnchored ? ', $ids: [String!]' : ''}`;
  const check = isAnchored ? 'anchor: events(ids: $ids, first: 1, includeLogs: true){edges{node{id}}}' : '';
  const query = `query(${declared}){events(topics: $topics, first: $first, after: $after){${PAGE_INFO} ${EDGES}}${check}}`;
  const variables = { topics, first, after, ...(isAnchored ? { ids: [anchor] } : {}) };
  const data = await graphql(http, { query, variables, schema: Page, subject: SUBJECT }, signal);
  if (data === undefined) {
    throw incompatible(`POST /graphql (${SUBJECT})`, 'the server says that it has no events at all');
  }
  return {
    listed: data.events.edges.map(listed),
    next: nextCursor(data.events.pageInfo, after ?? undefined, SUBJECT),
    isAnchorGone: isAnchored && (data.anchor?.edges.length ?? 0) === 0,
  };
}

/** The newest events, oldest first. */
export async function readNewest(
  http: AyonHttp,
  { topics, last }: { readonly topics: readonly string[] | null; readonly last: number },
  signal: AbortSignal,
): Promise<Listed[]> {
  const query = `query($topics: [String!], $last: Int){events(topics: $topics, last: $last){${EDGES}}}`;
  const data = await graphql(
    http,
    { query, variables: { topics, last }, schema: Head, subject: SUBJECT },
    signal,
  );
  return (data?.events.edges ?? []).map(listed).toReversed();
}

const listed = ({ cursor, node }: z.infer<typeof Edges>[number]): Listed => ({
  cursor,
  id: node.id,
  createdAt: node.createdAt,
  event: node,
});

const Event = z.object({
  ...Common,
  /** Told by REST only. */
  senderType: z.string().nullish(),
  summary: Fields.nullish(),
  payload: Fields.nullish(),
});

/** One event with its payload. */
export type WholeEvent = z.infer<typeof Event>;

/** @returns undefined when AYON has it no more. */
export async function readEvent(
  http: AyonHttp,
  id: string,
  signal: AbortSignal,
): Promise<WholeEvent | undefined> {
  const name = `GET /api/events/${id}`;
  const answer = await http.find<unknown>({ signal, kind: 'read', name }, (client, limited) =>
    client.GET('/api/events/{event_id}', { params: { path: { event_id: id } }, signal: limited }),
  );
  return answer === undefined ? undefined : shaped(Event, answer, name);
}
