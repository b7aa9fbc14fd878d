import type { StudioAttribute, StudioValue } from '../../studio';
import { studioId } from '../../studio';
import type { ValueHolder } from '../../studio/attributes';
import { attributesFor } from '../../studio/attributes';
import type { StudioAttributeType } from '../../studio/types';
import type { Data, Value } from '../values';
import type { SeedWriter } from './writer';
import { midnight } from './writer';

/** The same in every workspace. */
const typeIds: Readonly<Record<StudioAttributeType, string>> = {
  text: '6268aef0-381c-11e0-acff-0019bb49847a',
  boolean: 'ad1034d8-15e2-11e1-b21a-0019bb4983d8',
  date: '79968e9e-381c-11e0-acff-0019bb49847a',
  enumerator: '6ff9c812-ead3-11e2-846c-f23c91dfaa16',
  'dynamic enumerator': '882e4aee-fae6-11e3-b623-20c9d0831e59',
  number: '92009b00-381c-11e0-acff-0019bb49847a',
  url: 'ec616dcd-56e2-4147-99f8-7e4a4f040cf9',
  expression: 'd2e6a530-357f-11e2-bd73-0019bb4985b8',
};

function enumeratorConfig({ options = [], multiSelect = false }: StudioAttribute): Data {
  return { multiSelect, data: JSON.stringify(options.map(({ label, value }) => ({ menu: label, value }))) };
}

/** By type; the others have nothing to configure. */
const configs: Readonly<Partial<Record<StudioAttributeType, (attribute: StudioAttribute) => Data>>> = {
  enumerator: enumeratorConfig,
  'dynamic enumerator': enumeratorConfig,
  number: ({ decimal = false }) => ({ isdecimal: decimal }),
  text: ({ markdown = false }) => ({ markdown }),
};

/** Values of enumerators are lists, dates have a time, everything else is stored as the studio has it. */
function stored(attribute: StudioAttribute, value: StudioValue): Value {
  const isText = typeof value === 'string';
  if (attribute.type === 'date' && isText) {
    return value.includes('T') ? value : midnight(value);
  }
  return isText && attribute.type.endsWith('enumerator') ? [value] : value;
}

/** Links a configuration to the roles that may use it. */
function limit(
  writer: SeedWriter,
  { id, link }: { id: string; link: string },
  roles: readonly string[] = [],
): void {
  for (const role of roles) {
    writer.put(link, { configuration_id: id, security_role_id: writer.idOf('role', role) });
  }
}

/** Types, groups and configurations of custom attributes. */
export function seedAttributes(writer: SeedWriter): void {
  const { attributes } = writer.studio;
  for (const [name, id] of Object.entries(typeIds)) {
    writer.put('CustomAttributeType', { id, name, core: true });
  }
  for (const name of new Set(attributes.map(({ group }) => group))) {
    writer.put('CustomAttributeGroup', { id: studioId(`attribute group/${name}`), name });
  }
  for (const [sort, attribute] of attributes.entries()) {
    const { id, key, label, objectType, project } = attribute;
    writer.put('CustomAttributeConfiguration', {
      id,
      key,
      label,
      group_id: studioId(`attribute group/${attribute.group}`),
      type_id: typeIds[attribute.type],
      entity_type: attribute.entityType,
      object_type_id: objectType === undefined ? null : writer.idOf('object type', objectType),
      project_id: project === undefined ? null : writer.idOf('project', project),
      is_hierarchical: attribute.hierarchical,
      default: stored(attribute, attribute.default),
      config: JSON.stringify(configs[attribute.type]?.(attribute) ?? {}),
      sort,
    });
    limit(writer, { id, link: '_ConfigurationReadRole' }, attribute.readRoles);
    limit(writer, { id, link: '_ConfigurationWriteRole' }, attribute.writeRoles);
  }
}

/** Stores the values of one entity. */
export class ValueSeeder {
  private readonly writer: SeedWriter;
  /** By type and project: what such entities have. */
  private readonly known = new Map<string, ReadonlyMap<string, StudioAttribute>>();

  constructor(writer: SeedWriter) {
    this.writer = writer;
  }

  /** @throws Error for a key that such an entity does not have */
  put(holder: ValueHolder, values: Readonly<Record<string, StudioValue>> = {}): void {
    for (const [key, value] of Object.entries(values)) {
      const attribute = this.attributes(holder).get(key);
      if (!attribute) {
        throw new Error(
          `The studio gives ${holder.type} ${holder.id} a value for ${key}, which it cannot have.`,
        );
      }
      this.writer.put('CustomAttributeValue', {
        configuration_id: attribute.id,
        entity_id: holder.id,
        value: stored(attribute, value),
      });
    }
  }

  private attributes(holder: ValueHolder): ReadonlyMap<string, StudioAttribute> {
    const place = `${holder.type}/${holder.project ?? ''}`;
    const known = this.known.get(place) ?? attributesFor(this.writer.studio.attributes, holder);
    this.known.set(place, known);
    return known;
  }
}
