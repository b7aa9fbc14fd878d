import { z } from 'zod';
import type {
  CustomAttribute,
  FtrackEntity,
  FtrackProject,
  FtrackStatus,
  FtrackUser,
  StoredValue,
} from '../../domain/model';
import { parse, queryAll } from './query';
import type { FtrackSession } from './session';

/** Ids per query; one request carries as many queries as it takes. */
const CHUNK = 200;

type Json = z.core.util.JSONType;

export interface StateQuery {
  readonly projectId: string;
  readonly contextIds: readonly string[];
  /** Contexts of which only the project is wanted: whether they are still there. */
  readonly whereabouts: readonly string[];
  /** Tasks whose assignments are wanted too. */
  readonly assignmentsOf: readonly string[];
  /** Appointments whose tasks are wanted. */
  readonly appointmentIds: readonly string[];
  /** Custom attributes whose stored rows are wanted, for the contexts and the project. */
  readonly attributeIds: readonly string[];
}

export interface State {
  /** undefined: gone, or not ours to see. */
  readonly project: FtrackProject | undefined;
  readonly contexts: readonly FtrackEntity[];
  readonly whereabouts: readonly { readonly id: string; readonly projectId: string }[];
  readonly assignments: readonly { readonly taskId: string; readonly userId: string }[];
  readonly values: readonly StoredValue[];
  /** Tasks that the asked appointments belong to. */
  readonly tasksOfAppointments: readonly string[];
}

export interface Facts {
  readonly objectTypes: readonly {
    readonly id: string;
    readonly name: string;
    readonly statusable: boolean;
  }[];
  readonly statuses: readonly FtrackStatus[];
  readonly types: readonly { readonly id: string; readonly name: string }[];
  readonly attributes: readonly CustomAttribute[];
  readonly users: readonly FtrackUser[];
}

const Text = z
  .string()
  .nullish()
  .transform((text) => text ?? null);
/** One nameless ancestor must not make a whole answer unreadable. */
const Link = z.array(z.object({ id: z.string(), name: Text.transform((name) => name ?? '') }));
const LinkOrText = z.union([Link, z.string().transform((text) => Link.parse(JSON.parse(text)))]);
const Context = z.object({
  id: z.string(),
  project_id: z.string(),
  parent_id: z.string(),
  name: z.string().nullable(),
  object_type_id: z.string(),
  type_id: Text,
  status_id: Text,
  start_date: Text,
  end_date: Text,
  description: Text,
  link: LinkOrText,
});
const Whereabouts = z.object({ id: z.string(), project_id: z.string() });
const Project = z.object({
  id: z.string(),
  name: z.string(),
  full_name: Text,
  start_date: Text,
  end_date: Text,
});
const Appointment = z.object({ context_id: z.string(), resource_id: z.string() });
/** A date without time comes undecoded. */
const Value = z.object({
  configuration_id: z.string(),
  entity_id: z.string(),
  value: z.union([
    z.object({ __type__: z.string(), value: z.json() }).transform(({ value }) => value),
    z.json(),
  ]),
});
const ObjectType = z.object({ id: z.string(), name: z.string(), is_statusable: z.boolean().nullish() });
const Named = z.object({ id: z.string(), name: Text });
const Status = z.object({
  id: z.string(),
  name: Text,
  color: Text,
  state: z.object({ short: Text, name: Text }).nullish(),
});
const Attribute = z.object({
  id: z.string(),
  key: Text,
  entity_type: Text,
  object_type_id: Text,
  project_id: Text,
  is_hierarchical: z.boolean().nullish(),
  type: z.object({ name: Text }).nullish(),
  group: z.object({ name: Text }).nullish(),
});
const User = z.object({ id: z.string(), username: Text, email: Text });

/** Quotes a value of a query; ids and numbers of our own need it as little as they are hurt by it. */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

const within = (ids: readonly string[]): string => `(${ids.map(quoted).join(', ')})`;

function chunks(ids: readonly string[]): string[][] {
  const unique = [...new Set(ids)];
  return Array.from({ length: Math.ceil(unique.length / CHUNK) }, (_, index) =>
    unique.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}

const CONTEXT =
  'select id, name, parent_id, project_id, object_type_id, type_id, status_id, start_date, end_date, description, link from TypedContext';

/** Everything that the sync compares of ftrack's side, in one request. */
export async function readState(
  session: FtrackSession,
  query: StateQuery,
  signal: AbortSignal,
): Promise<State> {
  const { projectId, contextIds, whereabouts, assignmentsOf, appointmentIds, attributeIds } = query;
  const owners = [...contextIds, projectId];
  const attributes = within(attributeIds);
  const asked = {
    project: [
      `select id, name, full_name, start_date, end_date from Project where id is ${quoted(projectId)}`,
    ],
    contexts: chunks(contextIds).map((ids) => `${CONTEXT} where id in ${within(ids)}`),
    whereabouts: chunks(whereabouts).map(
      (ids) => `select id, project_id from TypedContext where id in ${within(ids)}`,
    ),
    assignments: chunks(assignmentsOf).map(
      (ids) =>
        `select context_id, resource_id from Appointment where context_id in ${within(ids)} and type is "assignment"`,
    ),
    appointments: chunks(appointmentIds).map(
      (ids) => `select context_id, resource_id from Appointment where id in ${within(ids)}`,
    ),
    values: chunks(attributeIds.length === 0 ? [] : owners).map(
      (ids) =>
        `select configuration_id, entity_id, value from CustomAttributeValue where entity_id in ${within(ids)} and configuration_id in ${attributes}`,
    ),
  };
  const rows = await queryAll(session, asked, signal);
  const utc = await session.timezoneSupport(signal);
  const project = parse(Project, rows.project)[0];
  return {
    project: project && {
      id: project.id,
      name: project.name,
      fullName: project.full_name ?? project.name,
      startDate: digits(project.start_date, utc),
      endDate: digits(project.end_date, utc),
    },
    contexts: parse(Context, rows.contexts).map((row) => toContext(row, utc)),
    whereabouts: parse(Whereabouts, rows.whereabouts).map((row) => ({
      id: row.id,
      projectId: row.project_id,
    })),
    assignments: parse(Appointment, rows.assignments).map((row) => ({
      taskId: row.context_id,
      userId: row.resource_id,
    })),
    values: parse(Value, rows.values).map((row) => ({
      configurationId: row.configuration_id,
      entityId: row.entity_id,
      value: utc ? row.value : wallClock(row.value),
    })),
    tasksOfAppointments: parse(Appointment, rows.appointments).map((row) => row.context_id),
  };
}

const toContext = (row: z.infer<typeof Context>, utc: boolean): FtrackEntity => ({
  id: row.id,
  projectId: row.project_id,
  parentId: row.parent_id,
  name: row.name ?? '',
  objectTypeId: row.object_type_id,
  typeId: row.type_id,
  statusId: row.status_id,
  startDate: digits(row.start_date, utc),
  endDate: digits(row.end_date, utc),
  description: row.description,
  link: row.link,
});

/** ftrack's definitions, in one request. */
export async function readFacts(session: FtrackSession, signal: AbortSignal): Promise<Facts> {
  const rows = await queryAll(
    session,
    {
      objectTypes: ['select id, name, is_statusable from ObjectType'],
      statuses: ['select id, name, color, state.short, state.name from Status'],
      types: ['select id, name from Type'],
      attributes: [
        'select id, key, entity_type, object_type_id, project_id, is_hierarchical, type.name, group.name from CustomAttributeConfiguration',
      ],
      users: ['select id, username, email from User'],
    },
    signal,
  );
  return {
    objectTypes: parse(ObjectType, rows.objectTypes).map(({ id, name, is_statusable }) => ({
      id,
      name,
      statusable: is_statusable ?? true,
    })),
    statuses: parse(Status, rows.statuses).map(({ id, name, color, state }) => ({
      id,
      name: name ?? '',
      color,
      state: state?.short ?? state?.name ?? null,
    })),
    types: parse(Named, rows.types).map(({ id, name }) => ({ id, name: name ?? '' })),
    attributes: parse(Attribute, rows.attributes).map((row) => ({
      id: row.id,
      key: row.key ?? '',
      entityType: row.entity_type ?? '',
      objectTypeId: row.object_type_id,
      projectId: row.project_id,
      hierarchical: row.is_hierarchical ?? false,
      type: row.type?.name ?? '',
      group: row.group?.name ?? null,
    })),
    users: parse(User, rows.users).map(({ id, username, email }) => ({
      id,
      username: username ?? '',
      email,
    })),
  };
}

/**
 * The client reads a datetime without zone as this process's local time when the server has no time zone support; this
 * takes that back, so that a worker's time zone never shifts a date.
 */
function digits(iso: string | null, utc: boolean): string | null {
  if (iso === null || !iso.endsWith('Z')) {
    return iso;
  }
  const date = new Date(iso);
  const local = utc ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

const wallClock = (value: Json): Json =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? digits(value, false) : value;
