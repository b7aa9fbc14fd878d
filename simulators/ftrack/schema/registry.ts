import { validationError } from '../errors';
import { activitySchemas } from './activity';
import { contextSchemas } from './contexts';
import { customAttributeSchemas } from './custom-attributes';
import type { Attribute, SchemaDefinition } from './notation';
import { peopleSchemas } from './people';
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

const abstractSchemas = new Set([
  'Context',
  'TypedContext',
  'Resource',
  'BaseUser',
  'CustomConfigurationBase',
]);

function adapt(attribute: Attribute, definition: SchemaDefinition): Attribute {
  const immutable = attribute.immutable || (definition.alsoImmutable ?? []).includes(attribute.name);
  const initial = definition.initials?.[attribute.name];
  if (attribute.kind === 'scalar' && initial !== undefined) {
    return { ...attribute, immutable, initial };
  }
  return { ...attribute, immutable };
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
      this.below.set(id, new Set(subtypes.map((schema) => schema.id)));
    }
  }

  has(id: string): boolean {
    return this.schemas.has(id);
  }

  get(id: string): EntitySchema {
    const schema = this.schemas.get(id);
    if (!schema) {
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
      concrete: !abstractSchemas.has(definition.id),
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

export function builtInSchemas(): SchemaDefinition[] {
  return [
    ...contextSchemas,
    ...peopleSchemas,
    ...workflowSchemas,
    ...customAttributeSchemas,
    ...activitySchemas,
  ];
}
