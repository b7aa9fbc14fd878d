import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaHash, schemasAnswer } from '../../../simulators/ftrack/schema/answer';
import type { ObjectType } from '../../../simulators/ftrack/schema/object-types';
import { SchemaRegistry, workspaceSchemas } from '../../../simulators/ftrack/schema/registry';

type Property = Record<string, unknown> & { $ref?: string; items?: { $ref: string }; description?: string };

interface Schema {
  readonly id: string;
  readonly properties: Record<string, Property>;
  readonly primary_key: readonly string[];
  readonly default_projections: readonly string[];
  readonly immutable: readonly string[];
}

const answerFor = (added: readonly ObjectType[] = []): Schema[] =>
  schemasAnswer(new SchemaRegistry(workspaceSchemas(added))) as unknown as Schema[];

const folder = join(__dirname, '../../../../shared/data/ftrack');
const hasReference = existsSync(folder);
const recorded = <Shape>(name: string): Shape =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as Shape;

if (!hasReference) {
  process.stderr.write('The reference schemas are absent: the comparisons with them are skipped.\n');
}
const describeWithReference = hasReference ? describe : describe.skip;

/** The object types that the recorded workspace has besides the built-in ones. */
function addedTypes(): ObjectType[] {
  const builtIn = new Set(answerFor().map(({ id }) => id));
  const rows = recorded<Record<string, unknown>[]>('query_object_types.json').map((row) => ({
    id: String(row['id']),
    name: String(row['name']),
    type: String(row['name']).replaceAll(' ', ''),
    isStatusable: row['is_statusable'] === true,
    isTypeable: row['is_typeable'] === true,
    isSchedulable: row['is_schedulable'] === true,
    isPrioritizable: row['is_prioritizable'] === true,
  }));
  return rows.filter(({ type }) => !builtIn.has(type));
}

/** Where the answer differs from the recorded one on purpose: the path, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'SplitTaskPart.type': 'the recorded schema alone lacks it; every other one is of type object',
};

/** Lists whose order says nothing. */
const unordered = new Set(['required', 'immutable', 'computed', 'system_projections']);

/** Remarks are in words of our own; what a foreign key leads to is a fact. */
const hasRemark = ({ description }: Property): boolean =>
  description !== undefined && !description.startsWith('Foreign key');

function comparable(key: string, value: unknown): unknown {
  if (Array.isArray(value) && unordered.has(key)) {
    return (value as string[]).toSorted();
  }
  if (key !== 'properties') {
    return value;
  }
  const properties = Object.entries(value as Schema['properties']);
  return Object.fromEntries(
    properties.map(([name, property]) => [
      name,
      hasRemark(property) ? { ...property, description: 'a remark' } : property,
    ]),
  );
}

/** Every key of a schema, and every attribute of its properties, by path. */
function flattened(schemas: readonly Schema[]): Record<string, unknown> {
  const entries = schemas.flatMap((schema) =>
    Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
      const found = comparable(key, value);
      return key === 'properties'
        ? Object.entries(found as object).map(([name, property]) => [
            `${schema.id}.properties.${name}`,
            property,
          ])
        : [[`${schema.id}.${key}`, found]];
    }),
  );
  return Object.fromEntries(entries.filter(([path]) => !(path in exceptions)));
}

describe('the schemas', () => {
  test('every reference leads to a schema of the answer', () => {
    const answer = answerFor();
    const ids = new Set(answer.map(({ id }) => id));
    const targets = answer.flatMap(({ properties }) =>
      Object.values(properties).map((property) => property.$ref ?? property.items?.$ref),
    );
    expect(targets.filter((target) => target !== undefined && !ids.has(target))).toEqual([]);
  });

  test('keys and projections exist', () => {
    const missing = answerFor().flatMap(({ id, properties, primary_key: key, default_projections: shown }) =>
      [...key, ...shown].filter((name) => !(name in properties)).map((name) => `${id}.${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('the hash is that of the JSON that Python writes with sorted keys', () => {
    // hashlib.md5(json.dumps([{"b": [1, True, None, 0.5], "a": "Größe \\"x\\""}], sort_keys=True).encode()).hexdigest()
    expect(schemaHash([{ b: [1, true, null, 0.5], a: 'Größe "x"' }])).toBe(
      'ef8ae2d2e949cbbb056708e137061a2c',
    );
  });
});

describe('what the simulator needs to know besides', () => {
  const registry = new SchemaRegistry(workspaceSchemas());
  const all = registry
    .all()
    .flatMap(({ id, attributes }) =>
      [...attributes.values()].map((attribute) => ({ id, attribute, path: `${id}.${attribute.name}` })),
    );

  test('relations lead over columns of their own schema, or are computed', () => {
    const odd = all.filter(({ id, attribute }) => {
      const isRelation = attribute.kind === 'relation' && attribute.derived !== true;
      return isRelation && !registry.get(id).attributes.has(attribute.column);
    });
    // Real workspaces show no column for it either.
    expect(odd.map(({ path }) => path)).toEqual(['Status.state']);
  });

  test('collections lead over columns of their members or of the rows between, or are computed', () => {
    const has = (id: string, column: string): boolean => {
      try {
        return registry.attribute(id, column).kind === 'scalar';
      } catch {
        return false;
      }
    };
    const odd = all.filter(({ attribute }) => {
      if (attribute.kind === 'scalar' || attribute.kind === 'relation' || attribute.derived === true) {
        return false;
      }
      const { via, target, column } = attribute;
      return via ? !has(via.schema, via.own) || !has(via.schema, via.other) : !has(target, column);
    });
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  test('foreign keys lead to schemas that exist', () => {
    const odd = all.filter(
      ({ attribute }) =>
        attribute.kind === 'scalar' && attribute.target !== undefined && !registry.has(attribute.target),
    );
    expect(odd.map(({ path }) => path)).toEqual([]);
  });
});

describeWithReference('the schemas beside those of a real workspace', () => {
  test('all of them are, key by key, those of a real workspace', () => {
    const known = recorded<Schema[]>('query_schemas.json');
    expect(flattened(answerFor(addedTypes()))).toEqual(flattened(known));
  });

  test('their hash is the one that Python computes', () => {
    // hashlib.md5(json.dumps(json.load(open('query_schemas.json')), sort_keys=True).encode()).hexdigest()
    expect(schemaHash(recorded('query_schemas.json'))).toBe('141db3371ef979546d91af50467d47a1');
  });
});

describe('object types that a studio adds', () => {
  const renderPass: ObjectType = {
    id: '0a0a0a0a-0000-4000-8000-000000000001',
    name: 'Render Pass',
    type: 'RenderPass',
    isStatusable: false,
    isSchedulable: true,
  };

  test('are subtypes of TypedContext in which what their flags forbid is immutable', () => {
    const added = answerFor([renderPass]).find(({ id }) => id === 'RenderPass');
    expect(added).toMatchObject({
      $mixin: { $ref: 'TypedContext' },
      alias_for: { id: 'Task', classifiers: { object_typeid: renderPass.id } },
    });
    expect(added?.properties['object_type_id']).toMatchObject({ default: renderPass.id });
    expect(added?.immutable).toEqual(expect.arrayContaining(['status', 'status_id', 'type', 'type_id']));
    expect(added?.immutable).not.toEqual(expect.arrayContaining(['bid']));
  });

  test('cannot be called like a schema that exists', () => {
    expect(() => workspaceSchemas([{ ...renderPass, name: 'Note', type: 'Note' }])).toThrow(
      'Object type "Note" cannot be added: the schema Note exists. Give it another name.',
    );
  });
});
