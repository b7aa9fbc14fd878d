/**
 * Holds one OpenAPI document to another: everything that ours describes must be in theirs, with a type that fits the
 * way it is used. What we send must be accepted; what we are sent must be what we expect.
 */

/** As much of a schema as is compared. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Parameter {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> | null;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;
type PathItem = { readonly [Method in (typeof METHODS)[number]]?: Operation } & {
  readonly parameters?: readonly Parameter[];
  /** Says why the server's document has no such path. */
  readonly 'x-undocumented'?: string;
};

export interface Document {
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, Schema>>;
    readonly parameters?: Readonly<Record<string, Parameter>>;
  };
}

interface Place {
  readonly at: string;
  /** By us, in a request; else the server answers it. */
  readonly isSent: boolean;
}

/** @returns a sentence for each thing that theirs lacks or has otherwise; none: ours holds. */
export function compareDocuments(ours: Document, theirs: Document): string[] {
  return new Comparison(ours, theirs).run();
}

class Comparison {
  readonly #ours: Document;
  readonly #theirs: Document;
  readonly #found: string[] = [];

  constructor(ours: Document, theirs: Document) {
    this.#ours = ours;
    this.#theirs = theirs;
  }

  run(): string[] {
    for (const [path, item] of Object.entries(this.#ours.paths)) {
      const other = this.#theirs.paths[path];
      if (item['x-undocumented'] !== undefined) {
        continue;
      }
      for (const method of METHODS.filter((each) => item[each] !== undefined)) {
        const at = `${method.toUpperCase()} ${path}`;
        const operation = other?.[method];
        if (operation === undefined) {
          this.#found.push(`${at}: the server has no such endpoint.`);
        } else {
          this.#operation(at, complete(item, item[method] ?? {}), complete(other ?? {}, operation));
        }
      }
    }
    return this.#found;
  }

  #operation(at: string, ours: Operation, theirs: Operation): void {
    this.#parameters(
      at,
      (ours.parameters ?? []).map((each) => parameterOf(this.#ours, each)),
      (theirs.parameters ?? []).map((each) => parameterOf(this.#theirs, each)),
    );
    this.#content({ at: `${at} body`, isSent: true }, ours.requestBody, theirs.requestBody);
    for (const [status, response] of Object.entries(ours.responses ?? {})) {
      const other = theirs.responses?.[status];
      if (other === undefined) {
        this.#found.push(`${at}: the server does not answer ${status}.`);
      } else {
        this.#content({ at: `${at} answer ${status}`, isSent: false }, response, other);
      }
    }
  }

  #parameters(at: string, ours: readonly Parameter[], theirs: readonly Parameter[]): void {
    const same = (one: Parameter, other: Parameter): boolean =>
      one.in === other.in && one.name?.toLowerCase() === other.name?.toLowerCase();
    for (const parameter of ours) {
      const other = theirs.find((each) => same(each, parameter));
      const place = `${at} ${parameter.in} parameter ${parameter.name}`;
      if (other === undefined) {
        this.#found.push(`${place}: the server has no such parameter.`);
      } else {
        this.#schema({ at: place, isSent: true }, parameter.schema ?? {}, other.schema ?? {});
      }
    }
    for (const parameter of theirs.filter(({ required }) => required === true)) {
      if (!ours.some((each) => same(each, parameter))) {
        this.#found.push(`${at} ${parameter.in} parameter ${parameter.name}: the server requires it.`);
      }
    }
  }

  #content(place: Place, ours: Content | undefined, theirs: Content | undefined): void {
    const schema = jsonOf(ours);
    const other = jsonOf(theirs);
    if (schema !== undefined && other === undefined) {
      this.#found.push(`${place.at}: the server has none.`);
    } else if (schema !== undefined && other !== undefined) {
      this.#schema(place, schema, other);
    }
  }

  #schema(place: Place, ourSchema: Schema, theirSchema: Schema): void {
    const { at, isSent } = place;
    const ours = variantsOf(this.#ours, ourSchema);
    const theirs = variantsOf(this.#theirs, theirSchema);
    if (isAnything(ours) || isAnything(theirs)) {
      return;
    }
    // Who gives decides what there may be: each of its types must be one that the taker knows.
    const [given, taken, taker] = isSent ? [ours, theirs, 'the server takes'] : [theirs, ours, 'we expect'];
    for (const one of given.filter(({ type }) => type !== 'null')) {
      const other = taken.find((each) => fits(one, each));
      if (other === undefined) {
        this.#found.push(`${at}: ${shown(one)} is given where ${taker} ${taken.map(shown).join(' or ')}.`);
      } else {
        this.#inside(place, isSent ? one : other, isSent ? other : one);
      }
    }
  }

  #inside(place: Place, ours: Variant, theirs: Variant): void {
    const { at, isSent } = place;
    if (ours.items !== undefined && theirs.items !== undefined) {
      this.#schema({ at: `${at}[]`, isSent }, ours.items, theirs.items);
    }
    // A free object takes and gives anything.
    if (ours.properties === undefined || theirs.properties === undefined) {
      return;
    }
    for (const [name, property] of Object.entries(ours.properties)) {
      const other = propertyOf(theirs.properties, name, isSent);
      if (other === undefined) {
        this.#found.push(`${at}.${name}: the server has no such field.`);
      } else {
        this.#schema({ at: `${at}.${name}`, isSent }, property, other);
      }
    }
    if (isSent) {
      const always = new Set((ours.required ?? []).map(alias));
      const missing = (theirs.required ?? []).filter((name) => !always.has(alias(name)));
      this.#found.push(...missing.map((name) => `${at}.${name}: the server requires this field.`));
    }
  }
}

/** An operation with the parameters of its path. */
const complete = ({ parameters = [] }: PathItem, operation: Operation): Operation => ({
  ...operation,
  parameters: [...parameters, ...(operation.parameters ?? [])],
});

/** One of the types that a schema allows, with its references resolved. */
interface Variant extends Schema {
  readonly type?: string;
}

const isAnything = (variants: readonly Variant[]): boolean =>
  variants.every(({ type }) => type === undefined);

function variantsOf(document: Document, schema: Schema): Variant[] {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/components/schemas/', '');
    return variantsOf(document, document.components?.schemas?.[name] ?? {});
  }
  const several = schema.anyOf ?? schema.oneOf;
  if (several !== undefined) {
    return several.flatMap((each) => variantsOf(document, each));
  }
  if (schema.allOf !== undefined) {
    return [merged(schema.allOf.flatMap((each) => variantsOf(document, each)))];
  }
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [undefined]);
  const all = schema.nullable === true ? [...types, 'null'] : types;
  return all.map((type) => {
    const { type: _, ...rest } = schema;
    return type === undefined ? rest : { ...rest, type };
  });
}

const merged = (variants: readonly Variant[]): Variant =>
  variants.reduce((all, each) => ({
    ...all,
    ...each,
    ...(all.properties || each.properties ? { properties: { ...all.properties, ...each.properties } } : {}),
    required: [...(all.required ?? []), ...(each.required ?? [])],
  }));

/** Whether every value of the one is a value of the other, as far as types and lists of values go. */
function fits(given: Variant, taken: Variant): boolean {
  const isType =
    given.type === undefined ||
    taken.type === undefined ||
    given.type === taken.type ||
    (given.type === 'integer' && taken.type === 'number');
  const isListed =
    taken.enum === undefined ||
    (given.enum !== undefined && given.enum.every((value) => taken.enum?.includes(value)));
  return isType && isListed;
}

const shown = ({ type = 'anything', enum: values }: Variant): string =>
  values === undefined ? type : `${type} (${values.join(', ')})`;

/** Requests may name a field in camelCase or in snake_case; answers come in one spelling. */
function propertyOf(
  properties: Readonly<Record<string, Schema>>,
  name: string,
  isSent: boolean,
): Schema | undefined {
  const found = Object.keys(properties).find((each) => alias(each) === alias(name));
  return properties[name] ?? (isSent && found !== undefined ? properties[found] : undefined);
}

const alias = (name: string): string => name.replaceAll('_', '').toLowerCase();

const parameterOf = (document: Document, { $ref, ...parameter }: Parameter): Parameter =>
  $ref === undefined
    ? parameter
    : (document.components?.parameters?.[$ref.replace('#/components/parameters/', '')] ?? {});

const jsonOf = (content: Content | undefined): Schema | undefined =>
  content?.content?.['application/json']?.schema;

/**
 * The part of the server's document that describes our endpoints; what it leaves out (GraphQL) comes from ours.
 * Components that only other endpoints need are left behind.
 */
export function partOf(theirs: Document, ours: Document): Document {
  const paths = Object.fromEntries(
    Object.entries(ours.paths).map(([path, item]) => {
      const other = theirs.paths[path];
      return [path, item['x-undocumented'] === undefined && other !== undefined ? only(other, item) : item];
    }),
  );
  const all = theirs.components?.schemas ?? {};
  const needed = new Set<string>();
  const follow = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (!needed.has(name)) {
        needed.add(name);
        follow(all[name] ?? {});
      }
    }
  };
  follow(paths);
  const schemas = Object.fromEntries(Object.entries(all).filter(([name]) => needed.has(name)));
  return opened({ ...theirs, paths, components: { ...theirs.components, schemas } });
}

/** An object without listed fields takes any; said in words, else the generator takes it for an empty one. */
function opened<Value>(value: Value): Value {
  if (Array.isArray(value)) {
    return value.map(opened) as Value;
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const copy = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, opened(each)]));
  const isFree = copy['type'] === 'object' && !('properties' in copy) && !('additionalProperties' in copy);
  return (isFree ? { ...copy, additionalProperties: true } : copy) as Value;
}

/** The methods of a path that ours has too. */
const only = (theirs: PathItem, ours: PathItem): PathItem =>
  Object.fromEntries(
    Object.entries(theirs).filter(([key]) => !METHODS.some((method) => method === key) || key in ours),
  );
