import { defaultPriorityId, objectTypeIds, typedContextOptions } from './contexts';
import type { SchemaDefinition } from './notation';
import { schema } from './notation';

/** A kind of typed context. What its flags forbid is immutable in its schema. */
export interface ObjectType {
  readonly id: string;
  /** What people see: `Asset Build`. */
  readonly name: string;
  /** Id of its schema, the name without blanks: `AssetBuild`. */
  readonly type: string;
  readonly icon?: string;
  /** Place among others; default 0. */
  readonly sort?: number;
  /** Has a status; default true. */
  readonly isStatusable?: boolean;
  /** Has a type; default false. */
  readonly isTypeable?: boolean;
  /** Has a bid and dates; default false. */
  readonly isSchedulable?: boolean;
  /** Has a priority; default true. */
  readonly isPrioritizable?: boolean;
  /** Tasks can be below it; default true. */
  readonly isTaskable?: boolean;
  /** Nothing can be below it; default false. */
  readonly isLeaf?: boolean;
  /** Time can be logged on it; default false. */
  readonly isTimeReportable?: boolean;
}

function builtIn(
  type: keyof typeof objectTypeIds,
  flags: Omit<ObjectType, 'id' | 'name' | 'type'> & { name?: string } = {},
): ObjectType {
  return { id: objectTypeIds[type], name: type, type, ...flags };
}

const leaf = { isTypeable: true, isSchedulable: true, isTaskable: false, isLeaf: true } as const;

/** The object types that every workspace has. */
export const builtInObjectTypes: readonly ObjectType[] = [
  builtIn('Task', { ...leaf, sort: 0, isTimeReportable: true }),
  builtIn('Shot', { sort: 1 }),
  builtIn('Sequence', { sort: 2, isStatusable: false }),
  builtIn('Episode', { sort: 3 }),
  builtIn('Folder', { sort: 4, isStatusable: false }),
  builtIn('AssetBuild', { sort: 5, name: 'Asset Build', isTypeable: true }),
  builtIn('Milestone', { ...leaf, sort: 6 }),
];

/** The object type with every flag stated. */
export function completeObjectType(type: ObjectType): Required<ObjectType> {
  return {
    icon: 'default',
    sort: 0,
    isStatusable: true,
    isTypeable: false,
    isSchedulable: false,
    isPrioritizable: true,
    isTaskable: true,
    isLeaf: false,
    isTimeReportable: false,
    ...type,
  };
}

function fixedAttributes(type: ObjectType): string[] {
  const { isStatusable, isTypeable, isSchedulable, isPrioritizable } = completeObjectType(type);
  // A milestone is schedulable, but only as the day on which it ends.
  const isMoment = type.id === objectTypeIds.Milestone;
  const groups: readonly [boolean, readonly string[]][] = [
    [true, ['object_type', 'object_type_id']],
    [isMoment || !isSchedulable, ['start_date', 'split_parts']],
    [!isSchedulable, ['bid', 'end_date']],
    [!isStatusable, ['status', 'status_id']],
    [!isTypeable, ['type', 'type_id']],
    [!isPrioritizable, ['priority', 'priority_id']],
  ];
  return groups.filter(([applies]) => applies).flatMap(([, attributes]) => attributes);
}

/** The subtype of TypedContext that an object type is. */
export function objectTypeSchema(type: ObjectType): SchemaDefinition {
  return schema(
    type.type,
    {
      ...typedContextOptions,
      mixin: 'TypedContext',
      classifier: { column: 'object_type_id', value: type.id },
      alsoImmutable: fixedAttributes(type),
      initials: {
        object_type_id: type.id,
        priority_id: type.isPrioritizable === false ? null : defaultPriorityId,
      },
    },
    '',
  );
}
