import type { GraphQLSchema } from 'graphql';
import { buildSchema } from 'graphql';
import type { AttributeScope, AttributeType } from '../attributes';
import type { AttributeMap } from '../inheritance';
import { attributesOf } from '../inheritance';

import { ENTITIES, PROJECT } from './schema-entities';
import { OTHERS, QUERY } from './schema-others';

function connection(name: string): string {
  return `
type ${name}sConnection { pageInfo: PageInfo!  edges: [${name}Edge!]! }
type ${name}Edge { node: ${name}Node!  cursor: String }`;
}

const CONNECTIONS = [
  'Project',
  'Folder',
  'Task',
  'Product',
  'Version',
  'Representation',
  'Workfile',
  'EntityList',
  'User',
  'Event',
];

/** Lists of anything and objects are read by `allAttrib` only. */
const SCALARS: Readonly<Partial<Record<AttributeType, string>>> = {
  string: 'String',
  integer: 'Int',
  float: 'Float',
  boolean: 'Boolean',
  datetime: 'DateTime',
  list_of_strings: '[String!]',
  list_of_integers: '[Int!]',
};

function attribType(name: string, scope: AttributeScope, attributes: AttributeMap): string {
  const fields = [...attributesOf(attributes, scope).values()].flatMap(({ name: field, data }) => {
    const scalar = SCALARS[data.type];
    return scalar === undefined ? [] : [`  ${field}: ${scalar}`];
  });
  return `type ${name}AttribType {\n${fields.join('\n')}\n}`;
}

/** The schema as text: a part of the real server's, with the attributes that this server knows. */
function schemaText(attributes: AttributeMap): string {
  const scopes = ['Project', 'Folder', 'Task', 'Product', 'Version', 'Representation', 'Workfile', 'User'];
  const attribTypes = scopes.map((name) => {
    return attribType(name, name.toLowerCase() as AttributeScope, attributes);
  });
  return [QUERY, PROJECT, ENTITIES, OTHERS, ...CONNECTIONS.map(connection), ...attribTypes].join('\n');
}

/** The executable schema; nodes resolve their own fields. */
export function ayonSchema(attributes: AttributeMap): GraphQLSchema {
  return buildSchema(schemaText(attributes));
}
