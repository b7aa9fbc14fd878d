import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv/dist/2019';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/config/env';

interface Service {
  readonly image?: string;
  readonly build?: { readonly target?: string };
  readonly restart?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const ROOT = path.resolve(__dirname, '../..');
const fileOf = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');
const text = fileOf('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const dockerfile = fileOf('Dockerfile');
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

/** The schema marks its parts with draft-4 `id`s, which today's validators refuse; nothing refers to them. */
function withoutIds(node: unknown): unknown {
  if (Array.isArray(node)) {
    return node.map(withoutIds);
  }
  if (node === null || typeof node !== 'object') {
    return node;
  }
  const kept = Object.entries(node).filter(
    ([key, value]) => key !== '$schema' && (key !== 'id' || typeof value !== 'string'),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutIds(value)]));
}

const schema = withoutIds(JSON.parse(fileOf('test/fixtures/compose-spec.json'))) as object;
const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

test('docker-compose.yml follows the Compose Specification', () => {
  validate(compose);

  expect(validate.errors ?? []).toEqual([]);
});

test('the schema is strict: a misspelt key is reported', () => {
  const [name = '', service] = ours[0] ?? [];
  const broken = { ...compose, services: { ...compose.services, [name]: { ...service, restrat: 'always' } } };

  expect(validate(broken)).toBe(false);
});

test('every ${VARIABLE} is in .env.example', () => {
  const used = [...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name = '']) => name);
  const example = fileOf('.env.example');

  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((name) => !new RegExp(`^(?:# )?${name}=`, 'm').test(example))).toEqual([]);
});

test('our services get only variables that they read, and each that they cannot do without', () => {
  const given = ours.flatMap(([, { environment = {} }]) => Object.keys(environment));

  expect(given.filter((name) => !VARIABLES.includes(name))).toEqual([]);
  for (const [, { environment }] of ours) {
    expect(Object.keys(environment ?? {})).toEqual(
      expect.arrayContaining(['AYON_SERVER_URL', 'AYON_API_KEY', 'TEMPORAL_ADDRESS']),
    );
  }
});

test.each(ours)(
  '%s is a target of the Dockerfile with its own command, not run as root',
  (name, { build, image }) => {
    const stage = dockerfile.split(/^FROM /m).find((each) => / AS (\w+)/.exec(each)?.[1] === build?.target);

    expect(stage).toMatch(/^service AS /);
    expect(stage).toMatch(/CMD \["(leech|process)"\]/);
    expect(stage).toMatch(/ENV HTTP_PORT=\d+/);
    expect(image).toBe(`ayon-ftrack-${name}`);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  },
);

test.each(ours)("%s publishes the port that its image's health server listens on", (_, { build, ports }) => {
  const stage = dockerfile.split(/^FROM /m).find((each) => each.includes(` AS ${build?.target}\n`)) ?? '';
  const port = /ENV HTTP_PORT=(\d+)/.exec(stage)?.[1];

  expect(ports).toEqual([expect.stringMatching(new RegExp(`:${port}$`))]);
});

test('every service restarts, what others wait for has a health check or ends, and nothing floats on latest', () => {
  for (const [name, service] of services) {
    expect([name, service.restart]).toEqual([name, expect.stringMatching(/^(unless-stopped|on-failure)/)]);
    expect([name, service.image]).not.toEqual([name, expect.stringMatching(/^[^:]+\/[^:]+$|:latest$/)]);
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const healthy = compose.services[other]?.healthcheck !== undefined;
      expect([name, other, condition]).toEqual([
        name,
        other,
        healthy ? 'service_healthy' : 'service_completed_successfully',
      ]);
    }
  }
});

test('Temporal has 512 shards and its dynamic config file, which raises the poll rate', () => {
  const { environment } = compose.services['temporal'] ?? {};
  const config = parse(fileOf('config/temporal/dynamic-config.yaml')) as Record<string, { value: unknown }[]>;

  expect(environment).toMatchObject({ NUM_HISTORY_SHARDS: '512', DB: 'postgres12' });
  expect(environment?.['DYNAMIC_CONFIG_FILE_PATH']).toBe('/config/dynamic-config.yaml');
  expect(config['history.transferProcessorMaxPollRPS']?.[0]?.value).toBeGreaterThanOrEqual(200);
});

test('volumes are declared or exist; the spool of the leecher and the database are among them', () => {
  const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map((each) => each.split(':')[0] ?? ''));
  const named = mounts.filter((each) => !each.startsWith('.'));
  const folders = mounts.filter((each) => each.startsWith('.'));

  expect(named.filter((each) => !(each in compose.volumes))).toEqual([]);
  expect(folders.filter((each) => !existsSync(path.join(ROOT, each)))).toEqual([]);
  expect(compose.services['leecher']).toMatchObject({
    volumes: ['spool:/spool'],
    environment: { SPOOL_DIR: '/spool' },
  });
});

test('the image takes nothing that is not in the repository, and .dockerignore lets it through', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  const allowed = fileOf('.dockerignore').split('\n');

  expect(copied.length).toBeGreaterThan(5);
  expect(
    copied.filter((name) => statSync(path.join(ROOT, name), { throwIfNoEntry: false }) === undefined),
  ).toEqual([]);
  expect(copied.filter((name) => !allowed.includes(`!${name}`))).toEqual([]);
});
