import { z } from 'zod';
import { didYouMean } from '../../likely';
import { isDay } from '../attributes';

/** An object that has no other keys. */
function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') {
        return undefined;
      }
      const [key = ''] = issue.keys;
      return `has no key ${JSON.stringify(key)}${didYouMean(key, Object.keys(shape))}`;
    },
  });
}

/** A text stands for an object that has little to say. */
function short<Schema extends z.ZodType>(
  schema: Schema,
  fromText: (text: string) => object,
): z.ZodPreprocess<Schema, unknown> {
  return z.preprocess((given) => (typeof given === 'string' ? fromText(given) : given), schema);
}

const name = z.string().min(1, 'must not be empty');
const names = z.array(name);
const id = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a uuid in lower case with dashes')
  .optional();
const day = z.string().refine(isDay, 'must be a day like 2026-03-31');
const moment = z.string().refine((text) => {
  const [, date = ''] = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.exec(text) ?? [];
  return isDay(date);
}, 'must be a time (UTC) like 2026-03-31T17:30:00');
const color = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour like #1CBC90');
const values = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())], {
    error: 'must be a text, a number, true, false, null or a list of texts',
  }),
);
const metadata = z.record(z.string(), z.string()).optional();

const Role = strict({ id, name, type: z.enum(['PROJECT', 'API', 'ASSIGNED']).default('PROJECT') });
const User = strict({
  id,
  username: name,
  email: name.optional(),
  firstName: z.string().default(''),
  lastName: z.string().default(''),
  active: z.boolean().optional(),
  apiKey: name.optional(),
  roles: z.array(short(strict({ role: name, projects: names.optional() }), (role) => ({ role }))).optional(),
  attributes: values.optional(),
});
const Group = strict({ id, name, members: names.default([]), parent: name.optional() });
const Status = strict({
  id,
  name,
  state: z.enum(['NOT_STARTED', 'IN_PROGRESS', 'BLOCKED', 'DONE']),
  color: color.default('#CACACA'),
});
const TaskType = short(
  strict({ id, name, color: color.default('#CACACA'), isAssetType: z.boolean().default(false) }),
  (text) => ({ name: text }),
);
const Priority = short(strict({ id, name, color: color.default('#CACACA') }), (text) => ({ name: text }));
const AssetType = strict({ id, name, short: name });
const ObjectType = strict({
  id,
  name: name.regex(/^[A-Za-z]/, 'must begin with a letter from A to Z'),
  isLeaf: z.boolean().optional(),
  isStatusable: z.boolean().optional(),
  isTypeable: z.boolean().optional(),
  isSchedulable: z.boolean().optional(),
  isTaskable: z.boolean().optional(),
  isPrioritizable: z.boolean().optional(),
  isTimeReportable: z.boolean().optional(),
  icon: name.optional(),
});
const Attribute = strict({
  id,
  key: name,
  label: name.optional(),
  group: name.default('standard'),
  type: z.enum([
    'text',
    'number',
    'boolean',
    'date',
    'enumerator',
    'dynamic enumerator',
    'url',
    'expression',
  ]),
  hierarchical: z.boolean().default(false),
  entityType: z.enum(['show', 'task', 'asset', 'assetversion', 'list', 'user']).optional(),
  objectType: name.optional(),
  project: name.optional(),
  default: values.valueType.optional(),
  markdown: z.boolean().optional(),
  decimal: z.boolean().optional(),
  multiSelect: z.boolean().optional(),
  options: z
    .array(short(strict({ label: name, value: name }), (text) => ({ label: text, value: text })))
    .optional(),
  readRoles: names.optional(),
  writeRoles: names.optional(),
});
const ProjectSchema = strict({
  id,
  name,
  objectTypes: names.optional(),
  taskTypes: names.optional(),
  taskStatuses: names.optional(),
  taskStatusesByType: z.record(z.string(), names).optional(),
  versionStatuses: names.optional(),
  entities: z.record(z.string(), strict({ statuses: names, types: names.optional() })).optional(),
});

const remark = { id, text: name, author: name.optional(), date: moment.optional() };
const fromText = (text: string): object => ({ text });
const Note = short(
  strict({ ...remark, replies: z.array(short(strict(remark), fromText)).optional() }),
  fromText,
);
const Component = short(
  strict({
    id,
    name,
    fileType: z.string().regex(/^\.[\w.]+$/, 'must be a file type with its dot, like .exr'),
    size: z.number().int().min(0).optional(),
    location: name.optional(),
    path: name.optional(),
  }),
  (file) => ({ name: file.replace(/\.[^.]*$/, ''), fileType: /\.[^.]*$/.exec(file)?.[0] ?? '' }),
);
const Version = strict({
  id,
  version: z.number().int().min(1).optional(),
  status: name.optional(),
  task: name.optional(),
  author: name.optional(),
  comment: z.string().optional(),
  date: moment.optional(),
  attributes: values.optional(),
  components: z.array(Component).optional(),
  notes: z.array(Note).optional(),
});
const Asset = strict({ id, name, type: name, versions: z.array(Version).default([]) });

const contents = { assets: z.array(Asset).optional(), notes: z.array(Note).optional() };
const entityFields = {
  id,
  type: name,
  name,
  taskType: name.optional(),
  status: name.optional(),
  priority: name.optional(),
  description: z.string().optional(),
  startDate: day.optional(),
  endDate: day.optional(),
  bid: z.number().min(0).optional(),
  assignees: names.optional(),
  after: names.optional(),
  attributes: values.optional(),
  metadata,
  ...contents,
};
const EntityFields = z.strictObject(entityFields);
export type EntityInput = z.infer<typeof EntityFields> & { children?: EntityInput[] | undefined };
const Entity: z.ZodType<EntityInput> = z.lazy(() =>
  strict({ ...entityFields, children: z.array(Entity).optional() }),
);

const List = strict({
  id,
  name,
  category: name.default('Shots'),
  of: z.enum(['entities', 'versions']).default('entities'),
  items: names.default([]),
  owner: name.optional(),
  isOpen: z.boolean().optional(),
  attributes: values.optional(),
});
const ReviewSession = strict({
  id,
  name,
  description: z.string().optional(),
  versions: names.default([]),
  invitees: z.array(strict({ id, name, email: name })).optional(),
});
const Project = strict({
  id,
  name: name.regex(/^[\w.-]+$/, 'must be a code of letters, digits, _, - and dots'),
  fullName: name.optional(),
  startDate: day.default('2026-01-01'),
  endDate: day.default('2026-12-31'),
  status: z.enum(['active', 'hidden']).optional(),
  schema: name.optional(),
  isPrivate: z.boolean().optional(),
  team: names.optional(),
  attributes: values.default({}),
  metadata,
  entities: z.array(Entity).default([]),
  lists: z.array(List).optional(),
  reviewSessions: z.array(ReviewSession).optional(),
  ...contents,
});

/** The keys of a studio description; names are checked later, when all of them are known. */
export const StudioShape = strict({
  users: z.array(User).optional(),
  serviceUser: User.optional(),
  roles: z.array(Role).optional(),
  groups: z.array(Group).optional(),
  statuses: z.array(Status).min(1, 'must name a status').optional(),
  taskTypes: z.array(TaskType).min(1, 'must name a type').optional(),
  priorities: z.array(Priority).optional(),
  assetTypes: z.array(AssetType).optional(),
  objectTypes: z.array(ObjectType).optional(),
  attributes: z.array(Attribute).optional(),
  projectSchemas: z.array(ProjectSchema).min(1, 'must describe a schema').optional(),
  projects: z.array(Project).default([]),
});

export type StudioInput = z.infer<typeof StudioShape>;
export type UserInput = z.infer<typeof User>;
export type AttributeInput = z.infer<typeof Attribute>;
export type ProjectInput = z.infer<typeof Project>;
export type AssetInput = z.infer<typeof Asset>;
export type VersionInput = z.infer<typeof Version>;
export type NoteInput = z.infer<typeof Note>;
