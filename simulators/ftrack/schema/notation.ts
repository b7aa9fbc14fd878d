import type { Value } from '../values';

export type ScalarType = 'str' | 'fk' | 'int' | 'num' | 'bool' | 'dt' | 'json' | 'var' | 'obj';

interface AttributeBase {
  readonly name: string;
  /** Internal column or relation name; undefined when it is the public name. */
  readonly legacy: string | undefined;
  readonly immutable: boolean;
  readonly required: boolean;
  readonly computed: boolean;
  /** Usable in filters, refused in projections. */
  readonly restricted: boolean;
}

export interface ScalarAttribute extends AttributeBase {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  /** The schema that a foreign key points to. */
  readonly target: string | undefined;
  /** `{uid}` stands for a new uuid. */
  readonly initial: Value | undefined;
}

export interface RelationAttribute extends AttributeBase {
  readonly kind: 'relation';
  readonly target: string;
  /** Own column that holds the target's id; empty for a computed relation. */
  readonly column: string;
}

export interface CollectionAttribute extends AttributeBase {
  readonly kind: 'collection' | 'mapped';
  readonly target: string;
  /** Column of the target that holds the own id; empty for a computed collection. */
  readonly column: string;
  /** Only targets with this value in this column are members; new members get it. */
  readonly filter: { readonly column: string; readonly value: string } | undefined;
  /** Many to many: the schema of the rows between, with its two columns. */
  readonly via: { readonly schema: string; readonly own: string; readonly other: string } | undefined;
}

export type Attribute = ScalarAttribute | RelationAttribute | CollectionAttribute;

/** A schema in the compact form; `attributes` holds only what it adds to its mixin. */
export interface SchemaDefinition {
  readonly id: string;
  readonly mixin?: string;
  /** Internal name; default: none is stated. */
  readonly alias?: string;
  /** Column and value that tell this subtype from its mixin. */
  readonly classifier?: { readonly column: string; readonly value: string };
  /** Default `id`. */
  readonly primaryKey?: readonly string[];
  readonly system?: readonly string[];
  /** Attributes that tell the subtype: like system projections, but not listed as such. */
  readonly discriminators?: readonly string[];
  readonly defaults?: readonly string[];
  readonly group?: boolean;
  /** Immutable here although the mixin lets it change. */
  readonly alsoImmutable?: readonly string[];
  /** Default values that differ from the mixin's. */
  readonly initials?: Readonly<Record<string, Value>>;
  /** Rows are computed on reading; there is no table. */
  readonly virtual?: boolean;
  readonly attributes: readonly Attribute[];
}

const attributeForm = /^(\w+):(\S+?)(?:=(\w+))?([!*~^]*)(?: d=(.*))?$/;
const targetForm = /^(\w+)(~)?(?:\((\w+)(?:,(\w+)=(\w+))?\))?(?: via (\w+)\((\w+),(\w+)\))?$/;

interface Target {
  readonly target: string;
  readonly column: string;
  readonly filter: CollectionAttribute['filter'];
  readonly via: CollectionAttribute['via'];
}

function parseTarget(text: string): Target {
  const match = targetForm.exec(text.replaceAll('>via>', ' via '));
  if (!match) {
    throw new Error(`The schema notation cannot read the target "${text}".`);
  }
  const [, target = '', , column = '', filterColumn, value = '', schema, own = '', other = ''] = match;
  return {
    target,
    column,
    filter: filterColumn === undefined ? undefined : { column: filterColumn, value },
    via: schema === undefined ? undefined : { schema, own, other },
  };
}

function parseAttribute(text: string): Attribute {
  const match = attributeForm.exec(text.replaceAll(' via ', '>via>'));
  const [, name = '', type = '', legacy, flags = '', initial] = match ?? [];
  if (!match) {
    throw new Error(`The schema notation cannot read the attribute "${text}".`);
  }
  const base: AttributeBase = {
    name,
    legacy,
    immutable: flags.includes('!'),
    required: flags.includes('*'),
    computed: flags.includes('~'),
    restricted: flags.includes('^'),
  };
  return typed(base, type, initial);
}

function typed(base: AttributeBase, type: string, initial: string | undefined): Attribute {
  const first = type.charAt(0);
  if (first === '>') {
    const { target, column } = parseTarget(type.slice(1));
    return { ...base, kind: 'relation', target, column: column || (base.computed ? '' : `${base.name}_id`) };
  }
  if (first === '[' || first === '{') {
    return { ...base, kind: first === '[' ? 'collection' : 'mapped', ...parseTarget(type.slice(1, -1)) };
  }
  return {
    ...base,
    kind: 'scalar',
    type: first === '@' ? 'str' : (type as ScalarType),
    target: first === '@' ? type.slice(1) : undefined,
    initial: initial === undefined ? undefined : (JSON.parse(initial) as Value),
  };
}

/**
 * Reads the compact form: attributes separated by `;` or line ends, each `name:type=legacy flags d=default`.
 *
 * Types: `str int num bool dt json var obj`, `@Target` a foreign key, `fk` one to what the simulator does not have, `>Target(own column)` a relation (default
 * column `<name>_id`), `[Target(column,filter=value)]` a collection, `[Target via Link(own,other)]` one over link
 * rows, `{Target(column)}` a mapped array. Flags: `!` immutable, `*` required, `~` computed, `^` only for filters.
 */
export function schema(
  id: string,
  options: Omit<SchemaDefinition, 'id' | 'attributes'>,
  attributes: string,
): SchemaDefinition {
  const lines = attributes.split(/[;\n]/).map((line) => line.trim());
  return { id, ...options, attributes: lines.filter((line) => line !== '').map(parseAttribute) };
}
