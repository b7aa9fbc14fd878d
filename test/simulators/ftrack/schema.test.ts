import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaHash, schemasAnswer } from '../../../simulators/ftrack/schema/answer';
import { builtInSchemas, SchemaRegistry } from '../../../simulators/ftrack/schema/registry';

interface Property {
  type?: string;
  $ref?: string;
  alias_for?: string;
  format?: string;
  default?: unknown;
  items?: { $ref: string };
}

interface Schema {
  id: string;
  properties: Record<string, Property>;
  primary_key: string[];
  default_projections: string[];
  required: string[];
  alias_for?: unknown;
  $mixin?: unknown;
}

const answer = schemasAnswer(new SchemaRegistry(builtInSchemas())) as unknown as Schema[];
const reference = join(__dirname, '../../../../shared/data/ftrack/query_schemas.json');
const hasReference = existsSync(reference);
const known: Schema[] = hasReference ? (JSON.parse(readFileSync(reference, 'utf8')) as Schema[]) : [];

if (!hasReference) {
  process.stderr.write('The reference schemas are absent: the comparison with them is skipped.\n');
}

describe('the schemas', () => {
  test('every reference leads to a schema of the answer', () => {
    const ids = new Set(answer.map(({ id }) => id));
    const targets = answer.flatMap(({ properties }) =>
      Object.values(properties).map((property) => property.$ref ?? property.items?.$ref),
    );
    expect(targets.filter((target) => target !== undefined && !ids.has(target))).toEqual([]);
  });

  test('keys, projections and required attributes exist', () => {
    const missing = answer.flatMap(
      ({ id, properties, primary_key: key, default_projections: shown, required }) =>
        [...key, ...shown, ...required]
          .filter((name) => !(name in properties))
          .map((name) => `${id}.${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('types, names and aliases are those of a real workspace', () => {
    const shape = ({ type, $ref, alias_for: alias, format, items }: Property): object => ({
      type,
      $ref,
      alias,
      format,
      items: items?.$ref,
    });
    if (!hasReference) {
      // Said above; an empty comparison must not look like one that was made.
      return;
    }
    // The real schemas say Task for what holds any typed context, and hide the column of a status' state.
    const collections = [
      'TypedContextList.items',
      'Status.tasks',
      'Type.tasks',
      'Priority.tasks',
      'ObjectType.tasks',
    ];
    const differing = new Set([...collections, 'Status.state_id']);
    const differences: unknown[] = [];
    for (const schema of answer) {
      const real = known.find(({ id }) => id === schema.id);
      for (const [name, property] of Object.entries(schema.properties)) {
        const wanted = real?.properties[name];
        const got = JSON.stringify(shape(property));
        if (!differing.has(`${schema.id}.${name}`) && (!wanted || JSON.stringify(shape(wanted)) !== got)) {
          differences.push(
            `${schema.id}.${name} ${got} instead of ${JSON.stringify(wanted && shape(wanted))}`,
          );
        }
      }
      const head = ({ primary_key: key, alias_for: alias, $mixin: mixin }: Schema): string =>
        JSON.stringify([key, alias, mixin]);
      if (!real || head(schema) !== head(real)) {
        differences.push(`${schema.id} ${head(schema)} instead of ${real && head(real)}`);
      }
    }
    expect(differences).toEqual([]);
  });

  test('the hash is that of the JSON that Python writes with sorted keys', () => {
    // hashlib.md5(json.dumps([{"b": [1, True, None, 0.5], "a": "Größe \\"x\\""}], sort_keys=True).encode()).hexdigest()
    expect(schemaHash([{ b: [1, true, null, 0.5], a: 'Größe "x"' }])).toBe(
      'ef8ae2d2e949cbbb056708e137061a2c',
    );
  });
});
