import { z } from 'zod';
import { failure } from '../errors';

/** A row that fills an AYON attribute from ftrack. */
const MappingRow = z
  .object({
    name: z.string(),
    attr_type: z.enum(['hierarchical', 'standard']).catch('standard'),
    hierarchical: z.string().catch(''),
    standard: z.array(z.string()).catch([]),
  })
  .transform(({ attr_type, ...row }) => ({ ...row, attrType: attr_type }));

const standard: Readonly<Record<string, readonly string[]>> = {
  fps: ['fps'],
  frameStart: ['fstart'],
  frameEnd: ['fend'],
};
const names =
  'resolutionWidth resolutionHeight pixelAspect fps frameStart frameEnd handleStart handleEnd clipIn clipOut';
const defaultMapping = names.split(' ').map((name) => ({
  name,
  attr_type: 'standard' as const,
  hierarchical: name,
  standard: [...(standard[name] ?? [])],
}));

const Mapping = z.object({
  enabled: z.boolean().default(true),
  mapping: z.array(MappingRow).prefault(defaultMapping),
});

/**
 * The parts of the addon's settings that the services read, under the keys of the Python addon, so that a studio's
 * stored settings stay valid both ways. Other keys are ignored; a missing one takes the addon's default.
 */
export const Settings = z
  .object({
    enabled: z.boolean().default(true),
    ftrack_server: z.string().default(''),
    service_settings: z
      .object({ username: z.string().default(''), api_key: z.string().default('') })
      .prefault({}),
    custom_attributes: z.object({ attributes_mapping: Mapping.prefault({}) }).prefault({}),
    /** What the Python addon has no words for; it keeps unknown keys out of its way. */
    temporal: z
      .object({
        on_parked: z.enum(['park', 'halt']).catch('park'),
        group_turns: z.boolean().catch(true),
      })
      .prefault({ on_parked: 'park', group_turns: true }),
  })
  .transform((raw) => ({
    enabled: raw.enabled,
    ftrackServer: raw.ftrack_server,
    /** Names of AYON secrets, not the credentials themselves. */
    secrets: { username: raw.service_settings.username, apiKey: raw.service_settings.api_key },
    attributesMapping: raw.custom_attributes.attributes_mapping,
    /** What a project's queue does when an event parks: go on, or stop until a person decided. */
    onParked: raw.temporal.on_parked,
    /** Whether the events of a backlog are settled together, up to 50 in one turn. */
    groupTurns: raw.temporal.group_turns,
  }));
export type Settings = z.infer<typeof Settings>;

/** @throws `settings-invalid`, naming every wrong key. */
export function parseSettings(raw: unknown, where: string): Settings {
  const parsed = Settings.safeParse(raw ?? {});
  if (parsed.success) {
    return parsed.data;
  }
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw failure(
    'settings-invalid',
    `Settings of the ftrack addon (${where}) are not usable: ${problems}; correct them in AYON`,
  );
}

/** As much of an AYON client as settings need. */
export interface SettingsSource {
  settings(project: string | undefined, signal: AbortSignal): Promise<unknown>;
}

export interface SettingsLoader {
  /** Settings of an AYON project (undefined: the studio's), at most `maxAge` old. */
  load(project: string | undefined, signal: AbortSignal): Promise<Settings>;
  /** Forgets what was read. */
  clear(): void;
}

const MAX_AGE = 60_000;

/** Reads settings through AYON and keeps them for a minute, so that an edit takes effect without a restart. */
export function createSettingsLoader(
  source: SettingsSource,
  {
    maxAge = MAX_AGE,
    now = () => performance.now(),
  }: { readonly maxAge?: number; readonly now?: () => number } = {},
): SettingsLoader {
  const kept = new Map<string, { readonly until: number; readonly settings: Settings }>();
  return {
    async load(project, signal) {
      const key = project ?? '';
      const cached = kept.get(key);
      if (cached !== undefined && cached.until > now()) {
        return cached.settings;
      }
      const raw = await source.settings(project, signal);
      const settings = parseSettings(raw, project === undefined ? 'studio' : `project ${project}`);
      kept.set(key, { until: now() + maxAge, settings });
      return settings;
    },
    clear: () => kept.clear(),
  };
}
