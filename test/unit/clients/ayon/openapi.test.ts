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

describe('our description of AYON', () => {
  if (!existsSync(recorded)) {
    test.skip('the server’s own document is not here to compare with', () => undefined);
    return;
  }
  const theirs = JSON.parse(readFileSync(recorded, 'utf8')) as Document;

  // The server's document leaves GraphQL out.
  test.each(calls(ours).filter(([, path]) => path !== '/graphql'))(
    '%s %s exists on the server',
    (method, path) => {
      const theirCall = theirs.paths[path]?.[method];

      expect(theirCall).toBeDefined();
      const success = Object.keys(ours.paths[path]?.[method]?.responses ?? {});
      expect(Object.keys(theirCall?.responses ?? {})).toEqual(expect.arrayContaining(success));
    },
  );

  test.each(shapes)('%s has no field that the server’s %s lacks', (our, their) => {
    const known = Object.keys(theirs.components.schemas[their]?.properties ?? {});

    expect(known).toEqual(
      expect.arrayContaining(Object.keys(ours.components.schemas[our]?.properties ?? {})),
    );
  });
});
