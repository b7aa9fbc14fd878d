import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphQLNamedType, GraphQLSchema } from 'graphql';
import { buildSchema, isInputObjectType, isObjectType, isScalarType } from 'graphql';
import { AyonStore } from '../../../simulators/ayon';
import { ayonSchema } from '../../../simulators/ayon/graphql/schema';

const file = join(__dirname, '../../../../shared/data/ayon/graphql-schema.graphql');
const isPresent = existsSync(file);

if (!isPresent) {
  process.stdout.write(`Skipped: the recorded GraphQL schema is not there (${file}).\n`);
}

interface Field {
  type: { toString(): string };
  args?: readonly { name: string; type: { toString(): string }; defaultValue?: unknown }[];
}

function fieldsOf(type: GraphQLNamedType): Record<string, Field> {
  return isObjectType(type) || isInputObjectType(type) ? (type.getFields() as Record<string, Field>) : {};
}

function argsOf(at: string, given: Field, real: Field): string[] {
  return (given.args ?? []).flatMap((argument) => {
    const found = real.args?.find(({ name }) => name === argument.name);
    const place = `${at}(${argument.name})`;
    if (!found) {
      return [`${place} does not exist`];
    }
    return String(found.type) === String(argument.type) && found.defaultValue === argument.defaultValue
      ? []
      : [`${place} is ${String(argument.type)}, really ${String(found.type)}`];
  });
}

/** Everything in a schema that the real one does not have, or has with another type. */
function notIn(real: GraphQLSchema, given: GraphQLSchema): string[] {
  const types = Object.values(given.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isScalarType(type),
  );
  return types.flatMap((type) => {
    const other = real.getType(type.name);
    if (!other) {
      return [`type ${type.name} does not exist`];
    }
    return Object.entries(fieldsOf(type)).flatMap(([name, field]) => {
      const found = fieldsOf(other)[name];
      const at = `${type.name}.${name}`;
      if (!found) {
        return [`${at} does not exist`];
      }
      const isSame = String(found.type) === String(field.type);
      const wrong = isSame ? [] : [`${at} is ${String(field.type)}, really ${String(found.type)}`];
      return [...wrong, ...argsOf(at, field, found)];
    });
  });
}

(isPresent ? describe : describe.skip)('GraphQL schema of the AYON simulator', () => {
  const real = isPresent ? buildSchema(readFileSync(file, 'utf8')) : buildSchema('type Query { none: Int }');

  it('has only types, fields and arguments of the real server, with the same types', () => {
    const schema = ayonSchema(new AyonStore().attributes);

    expect(notIn(real, schema)).toEqual([]);
  });

  it('is held to the real one by a comparison that sees a field that is not there', () => {
    const wrong = buildSchema(
      'type Query { me: UserNode!  events(topics: [Int!]): Int  }  type UserNode { nope: Int }',
    );

    expect(notIn(real, wrong)).toEqual([
      'Query.events is Int, really EventsConnection!',
      'Query.events(topics) is [Int!], really [String!]',
      'UserNode.nope does not exist',
    ]);
  });
});
