import { eventKeys } from '../event-filter';
import type { StoredEvent } from '../event-log';
import type { JsonObject } from '../json';
import { sortedJson } from '../json';
import { hasProjectAccess } from '../permissions';
import { parseFilter } from '../query-filter';
import type { AyonStore } from '../store';
import type { UserRecord } from '../users';
import type { Connection, PageArgs } from './paging';
import { pageOf } from './paging';
import { allAttribText, attribOf } from './values';

/** A page of a short list; the cursor is the place in it. */
export function listPage<Item, Node>(
  items: readonly Item[],
  node: (item: Item) => Node,
  args: PageArgs,
): Connection<Node> {
  const numbered = items.map((item, index) => ({ item, order: index + 1 }));
  return pageOf(
    {
      ascending: (after) => numbered.slice(after),
      descending: (before) => numbered.filter(({ order }) => order < before).reverse(),
      accepts: () => true,
      order: ({ order }) => order,
      node: ({ item }) => node(item),
    },
    args,
  );
}

/** A user as a node. */
export function userNode(store: AyonStore, user: UserRecord): JsonObject {
  const { name, active, attrib, data, createdAt, updatedAt } = user;
  const flag = (key: string): boolean => data[key] === true;
  return {
    name,
    active,
    createdAt,
    updatedAt,
    accessGroups: sortedJson(data['accessGroups'] ?? {}),
    defaultAccessGroups: data['defaultAccessGroups'] ?? [],
    isAdmin: flag('isAdmin'),
    isManager: flag('isManager'),
    isService: flag('isService'),
    isGuest: flag('isGuest'),
    isDeveloper: flag('isDeveloper'),
    hasPassword: data['password'] !== undefined,
    isStagingAllowed: flag('isAdmin') || flag('isManager') || flag('isStagingAllowed'),
    disablePasswordLogin: flag('disablePasswordLogin'),
    deleted: false,
    inviteSentAt: null,
    inviteAcceptedAt: null,
    userPool: null,
    apiKeyPreview: data['apiKeyPreview'] ?? null,
    attrib: attribOf(attrib, 'user', store.attributes),
    allAttrib: allAttribText(attrib, store.attributes),
  };
}

/** Filters of `users`. */
export interface UserArgs extends PageArgs {
  name?: string | null;
  names?: string[] | null;
  emails?: string[] | null;
  projectName?: string | null;
  projects?: string[] | null;
}

/** The tasks that somebody is assigned to. */
export type TasksOf = (userName: string) => (args: { projectName: string }) => unknown;

/** `users`, by name. */
export function users(store: AyonStore, args: UserArgs, tasksOf: TasksOf): Connection<unknown> {
  const names = args.names ?? (typeof args.name === 'string' ? [args.name] : undefined);
  const emails = args.emails?.map((email) => email.toLowerCase());
  const found = [...store.users.values()].filter((user) => {
    const email = user.attrib['email'];
    return (
      (!names || names.includes(user.name)) &&
      (!emails || (typeof email === 'string' && emails.includes(email.toLowerCase()))) &&
      (typeof args.projectName !== 'string' || hasProjectAccess(user, args.projectName)) &&
      (!args.projects || args.projects.some((name) => hasProjectAccess(user, name)))
    );
  });
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  return listPage(found, (user) => ({ ...userNode(store, user), tasks: tasksOf(user.name) }), args);
}

/** Filters of `events`. */
export interface EventArgs extends PageArgs {
  ids?: string[] | null;
  topics?: string[] | null;
  projects?: string[] | null;
  users?: string[] | null;
  statuses?: string[] | null;
  /** An older word for statuses. */
  states?: string[] | null;
  /** Whether jobs were made from it. */
  hasChildren?: boolean | null;
  filter?: string | null;
  olderThan?: string | null;
  newerThan?: string | null;
  includeLogs: boolean;
}

function matchesTopic(topic: string, wanted: string): boolean {
  return wanted.endsWith('*') ? topic.startsWith(wanted.slice(0, -1)) : topic === wanted;
}

function isInTime(event: StoredEvent, args: EventArgs): boolean {
  const at = Date.parse(event.createdAt);
  return (
    (!args.olderThan || at < Date.parse(args.olderThan)) &&
    (!args.newerThan || at > Date.parse(args.newerThan))
  );
}

function acceptsTopic(event: StoredEvent, args: EventArgs): boolean {
  if (args.topics) {
    return args.topics.some((topic) => matchesTopic(event.topic, topic));
  }
  return args.includeLogs || !event.topic.startsWith('log.');
}

function acceptsStatus(event: StoredEvent, args: EventArgs): boolean {
  const statuses = args.statuses ?? args.states;
  return !statuses || statuses.includes(event.status);
}

function accepts(event: StoredEvent, args: EventArgs): boolean {
  return (
    acceptsTopic(event, args) &&
    acceptsStatus(event, args) &&
    (!args.projects || args.projects.includes(event.project ?? '')) &&
    (!args.ids || args.ids.includes(event.id)) &&
    (!args.users || args.users.includes(event.user ?? '')) &&
    isInTime(event, args)
  );
}

function eventNode(event: StoredEvent): JsonObject {
  const { sequence: _sequence, summary, payload, ...plain } = event;
  return { ...plain, summary: sortedJson(summary), payload: sortedJson(payload) };
}

/** `events`: the order is that of insertion, so a reader that keeps its cursor misses none. */
export function events(store: AyonStore, args: EventArgs): Connection<JsonObject> {
  const filter = parseFilter(args.filter, eventKeys);
  const isParent = (event: StoredEvent): boolean => store.events.targetsOf(event.id).length > 0;
  // Looked up, as by the real server's primary key: the log may be long.
  const named = args.ids
    ?.flatMap((id) => store.events.get(id) ?? [])
    .toSorted((one, other) => one.sequence - other.sequence);
  return pageOf(
    {
      ascending: (after) =>
        named?.filter(({ sequence }) => sequence > after) ?? store.events.ascending(after),
      descending: (before) =>
        named?.filter(({ sequence }) => sequence < before).toReversed() ?? store.events.descending(before),
      accepts: (event) =>
        accepts(event, args) &&
        (typeof args.hasChildren !== 'boolean' || isParent(event) === args.hasChildren) &&
        filter(event),
      order: (event) => event.sequence,
      node: eventNode,
    },
    args,
  );
}
