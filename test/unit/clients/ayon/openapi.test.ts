import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Document {
  readonly paths: Record<
    string,
    Record<string, { parameters?: unknown[]; responses?: Record<string, unknown> }>
  >;
  readonly components: {
    readonly schemas: Record<string, { readonly properties?: Record<string, unknown> }>;
  };
}

const ours = parse(readFileSync(join('openapi', 'ayon.yaml'), 'utf8')) as Document;
const recorded = join('..', 'shared', 'data', 'ayon', 'openapi.json');

const calls = (document: Document): [string, string][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): [string, string] => [method, path]),
  );

/** Our names of shapes, and the server's. */
const shapes = [
  ['Operation', 'OperationModel'],
  ['OperationResult', 'OperationResponseModel'],
  ['Attribute', 'AttributeModel'],
] as const;

const theirs = existsSync(recorded) ? (JSON.parse(readFileSync(recorded, 'utf8')) as Document) : undefined;

if (theirs === undefined) {
  process.stderr.write('AYON’s own OpenAPI document is not here; ours is only checked for being readable.\n');
}

describe('our description of AYON', () => {
  // The server's document leaves GraphQL out.
  test.each(calls(ours).filter(([, path]) => path !== '/graphql'))(
    '%s %s exists on the server',
    (method, path) => {
      const success = Object.keys(ours.paths[path]?.[method]?.responses ?? {});
      const known = Object.keys((theirs ?? ours).paths[path]?.[method]?.responses ?? {});

      expect(success.length).toBeGreaterThan(0);
      expect(known).toEqual(expect.arrayContaining(success));
    },
  );

  test.each(shapes)('%s has no field that the server’s %s lacks', (our, their) => {
    const fields = Object.keys(ours.components.schemas[our]?.properties ?? {});
    const known = Object.keys(
      theirs?.components.schemas[their]?.properties ?? ours.components.schemas[our]?.properties ?? {},
    );

    expect(fields.length).toBeGreaterThan(0);
    expect(known).toEqual(expect.arrayContaining(fields));
  });
});
