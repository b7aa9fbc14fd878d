import { validationError } from '../errors';
import { activitySchemas } from './activity';
import { contextSchemas } from './contexts';
import { customAttributeSchemas } from './custom-attributes';
import { listSchemas } from './lists';
import type { Attribute, SchemaDefinition } from './notation';
import { noteSchemas } from './notes';
import type { ObjectType } from './object-types';
import { builtInObjectTypes, objectTypeSchema } from './object-types';
import { peopleSchemas } from './people';
import { publishingSchemas } from './publishing';
import { reviewSchemas } from './review';
import { workflowSchemas } from './workflow';

/** A schema with everything that it has from its mixins. */
export interface EntitySchema {
  readonly id: string;
  readonly definition: SchemaDefinition;
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly primaryKey: readonly string[];
  /** The root of the mixins: entities of one family share a table and a key space. */
  readonly family: string;
  /** Itself and its mixins. */
  readonly lineage: ReadonlySet<string>;
  /** False for schemas that only serve as mixins: no entity has exactly this type. */
  readonly concrete: boolean;
}

function adapt(attribute: Attribute, definition: SchemaDefinition): Attribute {
  const { alsoImmutable = [], alsoRequired = [], initials = {} } = definition;
  const immutable = attribute.immutable || alsoImmutable.includes(attribute.name);
  const required = attribute.required || alsoRequired.includes(attribute.name);
  const initial = initials[attribute.name];
  if (attribute.kind === 'scalar' && initial !== undefined) {
    return { ...attribute, immutable, required, initial, silent: false };
  }
  return { ...attribute, immutable, required };
}

/** All schemas of a workspace by id. */
export class SchemaRegistry {
  private readonly schemas = new Map<string, EntitySchema>();
  private readonly below = new Map<string, ReadonlySet<string>>();

  constructor(definitions: readonly SchemaDefinition[]) {
    for (const definition of definitions) {
      this.schemas.set(definition.id, this.build(definition));
    }
    for (const id of this.schemas.keys()) {
      const subtypes = [...this.schemas.values()].filter((schema) => schema.lineage.has(id));
      const { faceOf } = this.get(id).definition;
      this.below.set(id, new Set([...subtypes.map((schema) => schema.id), ...(faceOf ? [faceOf] : [])]));
    }
  }

  has(id: string): boolean {
    return this.schemas.has(id);
  }

  /** @throws FtrackError when there is none of that name */
  get(id: string): EntitySchema {
    return this.schemas.get(id) ?? this.named(id);
  }

  /**
   * A schema by the name that a client gave; rows between others are none of its business.
   *
   * @throws FtrackError when there is none of that name
   */
  named(id: string): EntitySchema {
    const schema = this.schemas.get(id);
    if (!schema || schema.definition.internal === true) {
      throw validationError(`Unknown entity type ${JSON.stringify(id)}.`);
    }
    return schema;
  }

  all(): EntitySchema[] {
    return [...this.schemas.values()];
  }

  /** The schema's own id and those of everything that mixes it in. */
  subtypes(id: string): ReadonlySet<string> {
    return this.below.get(id) ?? new Set([id]);
  }

  /**
   * An attribute of the type or, because a path like `resource.username` is allowed, of one of its subtypes.
   *
   * @throws FtrackError when neither has it
   */
  attribute(type: string, name: string): Attribute {
    const own = this.get(type).attributes.get(name);
    if (own) {
      return own;
    }
    for (const subtype of this.subtypes(type)) {
      const attribute = this.schemas.get(subtype)?.attributes.get(name);
      if (attribute) {
        return attribute;
      }
    }
    throw validationError(`Entity type ${type} has no attribute ${JSON.stringify(name)}.`);
  }

  private build(definition: SchemaDefinition): EntitySchema {
    const mixin = definition.mixin === undefined ? undefined : this.get(definition.mixin);
    const attributes = new Map<string, Attribute>(mixin?.attributes ?? []);
    for (const attribute of definition.attributes) {
      attributes.set(attribute.name, attribute);
    }
    for (const [name, attribute] of attributes) {
      attributes.set(name, adapt(attribute, definition));
    }
    return {
      id: definition.id,
      definition,
      attributes,
      ...inherited(definition, mixin),
      concrete: definition.abstract !== true,
    };
  }
}

function inherited(
  definition: SchemaDefinition,
  mixin: EntitySchema | undefined,
): Pick<EntitySchema, 'primaryKey' | 'family' | 'lineage'> {
  const ownKey = definition.primaryKey ?? ['id'];
  return mixin
    ? {
        primaryKey: mixin.primaryKey,
        family: mixin.family,
        lineage: new Set([definition.id, ...mixin.lineage]),
      }
    : { primaryKey: ownKey, family: definition.id, lineage: new Set([definition.id]) };
}

const commonSchemas: readonly SchemaDefinition[] = [
  ...contextSchemas,
  ...peopleSchemas,
  ...workflowSchemas,
  ...publishingSchemas,
  ...customAttributeSchemas,
  ...noteSchemas,
  ...listSchemas,
  ...reviewSchemas,
  ...activitySchemas,
];

/**
 * The schemas of a workspace: those that every workspace has, and one for each object type that was added to it.
 *
 * @param added object types besides the built-in ones
 * @throws Error when an object type is called like another schema
 */
export function workspaceSchemas(added: readonly ObjectType[] = []): SchemaDefinition[] {
  const definitions = [...commonSchemas, ...builtInObjectTypes.map(objectTypeSchema)];
  const taken = new Set(definitions.map(({ id }) => id));
  for (const objectType of added) {
    if (taken.has(objectType.type)) {
      throw new Error(
        `Object type ${JSON.stringify(objectType.name)} cannot be added: the schema ${objectType.type} exists. Give it another name.`,
      );
    }
    taken.add(objectType.type);
    definitions.push(objectTypeSchema(objectType));
  }
  return definitions;
}
