import type { Data, Value } from '../values';

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
  /** No column holds it: it is computed on reading, whether or not `query_schemas` says so. */
  readonly derived?: boolean;
}

export interface ScalarAttribute extends AttributeBase {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  /** The schema that a foreign key points to. */
  readonly target: string | undefined;
  /** How `query_schemas` names what a foreign key points to: `User.user_id`. */
  readonly refersTo?: string | undefined;
  /** `{uid}` stands for a new uuid. */
  readonly initial: Value | undefined;
  /** The server fills `initial` in without telling clients that it does. */
  readonly silent?: boolean;
  /** What `query_schemas` says besides type, format and default. */
  readonly extra?: Readonly<Data>;
}

export interface RelationAttribute extends AttributeBase {
  readonly kind: 'relation';
  readonly target: string;
  /** Own column that holds the target's id, which need not be an attribute; empty for a computed relation. */
  readonly column: string;
}

export interface CollectionAttribute extends AttributeBase {
  readonly kind: 'collection' | 'mapped';
  readonly target: string;
  /** What `query_schemas` calls the target although other subtypes are members too. */
  readonly shownAs: string;
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
  /** Required here although the mixin does not ask for it. */
  readonly alsoRequired?: readonly string[];
  /** System projections that no attribute shows: names of internal columns. */
  readonly alsoSystem?: readonly string[];
  /** Default values that differ from the mixin's. */
  readonly initials?: Readonly<Record<string, Value>>;
  /** Rows of this schema, a mixin of it, are its rows too: the same thing under another name. */
  readonly faceOf?: string;
  /** Rows are computed on reading; there is no table. */
  readonly virtual?: boolean;
  /** Rows between others that clients reach only through collections; not in `query_schemas`. */
  readonly internal?: boolean;
  /** No entity has exactly this type. */
  readonly abstract?: boolean;
  /** Remarks on the mixin for clients that derive types from it. */
  readonly hints?: Data;
  readonly attributes: readonly Attribute[];
}

const attributeForm = /^(\w+):(\S+?)(?:=(\w+))?([!*~^]*)(?: ([ds])=(.*))?$/;
const targetForm =
  /^(?:(\w+)<)?(\w+)(~)?(?:\((\w+)(?:,(\w+)=(\w+))?\)|\((~)\))?(?: via (\w+)\((\w+),(\w+)\))?$/;
const keyForm = /^(int)?(?:@(\w+)(?:\.(\w+))?|fk\((\w+\.\w+)\))$/;
const choiceForm = /^enum\(([\w|]+)\)$/;

/** Marks an attribute that is computed although `query_schemas` does not say so. */
const unsaid = '(~)';

/** Texts about which `query_schemas` says more than their type. */
const specialTexts: Readonly<Record<string, Data>> = {
  schema: { transform: { client: '{schema_id}', server: '{table_name}' } },
  digits: { format: 'integer' },
};

function parseTarget(
  text: string,
): Pick<CollectionAttribute, 'target' | 'shownAs' | 'column' | 'filter' | 'via'> & { computed: boolean } {
  const match = targetForm.exec(text.replaceAll('>via>', ' via '));
  if (!match) {
    throw new Error(`The schema notation cannot read the target "${text}".`);
  }
  const [, shownAs, target = '', free, column = '', filterColumn, value = '', unbound] = match;
  const [schema, own = '', other = ''] = match.slice(8);
  return {
    target,
    shownAs: shownAs ?? target,
    column,
    filter: filterColumn === undefined ? undefined : { column: filterColumn, value },
    via: schema === undefined ? undefined : { schema, own, other },
    computed: (free ?? unbound) !== undefined,
  };
}

function parseAttribute(text: string): Attribute {
  const match = attributeForm.exec(text.replaceAll(' via ', '>via>'));
  const [, name = '', type = '', legacy, flags = '', how, initial] = match ?? [];
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
  return typed(base, type, { initial, silent: how === 's' });
}

interface Start {
  readonly initial: string | undefined;
  readonly silent: boolean;
}

function typed(base: AttributeBase, type: string, start: Start): Attribute {
  const first = type.charAt(0);
  if (first === '>') {
    const { target, column, computed } = parseTarget(type.slice(1));
    const derived = base.computed || computed;
    return {
      ...base,
      derived,
      kind: 'relation',
      target,
      column: column || (derived ? '' : `${base.name}_id`),
    };
  }
  if (first === '[' || first === '{') {
    const { computed, ...target } = parseTarget(type.slice(1, -1));
    const kind = first === '[' ? 'collection' : 'mapped';
    return { ...base, computed, derived: computed, kind, ...target };
  }
  const initial = start.initial === undefined ? undefined : (JSON.parse(start.initial) as Value);
  const derived = base.computed || type.endsWith(unsaid);
  const plain = scalarType(type.replace(unsaid, ''));
  return { ...base, derived, kind: 'scalar', ...plain, initial, silent: start.silent };
}

function scalarType(type: string): Pick<ScalarAttribute, 'type' | 'target' | 'refersTo' | 'extra'> {
  const [isKey, int, target, column = 'id', refersTo] = keyForm.exec(type) ?? [];
  if (isKey !== undefined) {
    const plain = int === undefined ? 'str' : 'int';
    return target === undefined
      ? { type: 'fk', target, refersTo, extra: {} }
      : { type: plain, target, refersTo: `${target}.${column}`, extra: {} };
  }
  const choices = choiceForm.exec(type)?.[1];
  const extra = choices === undefined ? specialTexts[type] : { enum: choices.split('|') };
  return {
    type: extra ? 'str' : (type as ScalarType),
    target: undefined,
    refersTo: undefined,
    extra: extra ?? {},
  };
}

/**
 * Reads the compact form: attributes separated by `;` or line ends, each `name:type=legacy flags d=default`.
 *
 * - Plain types: `str int num bool dt json var obj`, `schema` a text that names an entity type, `digits` a number sent as
 *   text, `enum(a|b)`.
 *   `(~)` after a type: computed on reading, though `query_schemas` does not say so.
 * - Keys: `@Target` a foreign key, `@Target.column` one that `query_schemas` describes with another column than `id`,
 *   `int@Target` a numeric one, `fk(Target.column)` one that is no reference to a row here.
 * - `>Target(own column)` a relation; default column `<name>_id`, `(~)` computed.
 * - `[Target(column,filter=value)]` a collection, `[Target via Link(own,other)]` one over link rows, `[Target~]` a
 *   computed one, `[Shown<Target(column)]` one that `query_schemas` describes as `Shown`; `{Target(column)}` a mapped array.
 * - Flags: `!` immutable, `*` required, `~` computed, `^` only for filters.
 * - `d=` a default that clients are told, `s=` one that only the server knows; both JSON.
 */
export function schema(
  id: string,
  options: Omit<SchemaDefinition, 'id' | 'attributes'>,
  attributes: string,
): SchemaDefinition {
  const lines = attributes.split(/[;\n]/).map((line) => line.trim());
  return { id, ...options, attributes: lines.filter((line) => line !== '').map(parseAttribute) };
}
