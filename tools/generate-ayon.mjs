/**
 * `npm run generate:ayon`: makes src/clients/ayon/openapi.d.ts from openapi/ayon.yaml.
 * `npm run generate:ayon -- --from http://server`: from the document of a studio's own server instead, after holding
 * ours to it; ends with 1 when something that the client uses is missing there. `--output FILE` writes elsewhere.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { compareDocuments, partOf } from './openapi/compare.ts';
import { inRoot, main, npm, runQuietly, StepFailed } from './steps.mjs';

const OURS = inRoot('openapi', 'ayon.yaml');
/** A field with a default need not be sent. */
const DEFAULTS_OPTIONAL = '--default-non-nullable=false';
const PACKAGE = inRoot('tools', 'openapi');

await main(async (args) => {
  const { from, output } = optionsOf(args);
  const text = readFileSync(OURS, 'utf8');
  const document = from === undefined ? parse(text) : await documentOf(from, parse(text));
  const origin =
    from === undefined ? 'openapi/ayon.yaml' : `the server's own document, version ${document.info?.version}`;
  // The hash lets a test see that the types are those of the description beside them.
  const hash = createHash('sha256')
    .update(from === undefined ? text : JSON.stringify(document))
    .digest('hex');
  const types = await generate(document);
  writeFileSync(output, `// Generated from ${origin} by npm run generate:ayon; sha256 ${hash}\n${types}`);
  process.stdout.write(`${path.relative(inRoot(), output)}: types from ${origin}\n`);
  return 0;
});

function optionsOf(args) {
  const options = { output: inRoot('src', 'clients', 'ayon', 'openapi.d.ts') };
  for (let at = 0; at < args.length; at += 2) {
    const [name, value] = [args[at], args[at + 1]];
    if (!['--from', '--output'].includes(name) || value === undefined) {
      throw new StepFailed('Use: npm run generate:ayon [-- --from http://server] [--output FILE]');
    }
    options[name.slice(2)] = name === '--output' ? path.resolve(value) : value;
  }
  return options;
}

/** The part of the server's document that the client uses. */
async function documentOf(server, ours) {
  const theirs = await fetched(`${server.replace(/\/+$/, '')}/openapi.json`);
  const differences = compareDocuments(ours, theirs);
  if (differences.length > 0) {
    throw new StepFailed(
      `${differences.join('\n')}\nThe server ${theirs.info?.version ?? ''} does not offer what the client uses; nothing was generated.`,
    );
  }
  return partOf(theirs, ours);
}

async function fetched(url) {
  const key = process.env.AYON_API_KEY;
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: key === undefined ? {} : { 'x-api-key': key },
      signal: AbortSignal.timeout(30_000),
    });
    const document = await response.json();
    if (response.ok && typeof document?.paths === 'object') {
      return document;
    }
    throw new StepFailed(
      `${url} answers ${response.status} and no OpenAPI document; is that an AYON server?`,
    );
  } catch (error) {
    if (error instanceof StepFailed) {
      throw error;
    }
    const reason =
      error instanceof SyntaxError ? 'no JSON' : (error.cause?.code ?? error.cause?.message ?? error.message);
    throw new StepFailed(`${url} cannot be read (${reason}); correct the address.`);
  }
}

/** The generator lives in a package of its own, since it needs another TypeScript. */
async function generate(document) {
  const generator = path.join(PACKAGE, 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
  if (!existsSync(generator)) {
    await runQuietly('Install the generator', npm('ci', '--prefix', PACKAGE));
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ayon-types-'));
  try {
    const input = path.join(folder, 'openapi.json');
    const output = path.join(folder, 'openapi.d.ts');
    writeFileSync(input, JSON.stringify(document));
    const command = {
      command: process.execPath,
      args: [generator, input, '--output', output, DEFAULTS_OPTIONAL],
    };
    await runQuietly('Generate types', { ...command, options: { cwd: PACKAGE } });
    return readFileSync(output, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
