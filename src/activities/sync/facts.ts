import { missingAttributes } from '../../domain/addon-attributes';
import { attributeRules } from '../../domain/attributes';
import type { Marks, ProjectFacts } from '../../domain/draft';
import type {
  AyonAttribute,
  AyonProject,
  CustomAttribute,
  FtrackFacts,
  FtrackProject,
} from '../../domain/model';
import { pairUsers } from '../../domain/users';
import { codeOf, failure } from '../../errors';
import type { FactsSources } from './deps';

/** A project that takes part in the sync, or why it does not. */
export type Pairing = { readonly facts: Paired } | { readonly skip: string };

export interface Paired extends ProjectFacts {
  /** ftrack's `auto_sync_enabled`, if the workspace has it. */
  readonly autoSync: CustomAttribute | undefined;
  /** Custom attributes whose rows the sync reads. */
  readonly attributeIds: readonly string[];
  /** Full name under which the pair was found by name; undefined: it was found by id. */
  readonly pairedByName: string | undefined;
}

/**
 * Facts of projects that change rarely, kept for a while, so that an event costs no request for them. Whoever finds
 * that a fact is missing asks for a fresh look.
 */
export interface ProjectFactsCache {
  of(projectId: string): Promise<Pairing>;
  /** Reads the project's lists and values anew. */
  refreshProject(projectId: string): Promise<Pairing>;
  /** Pairs anew: a name or a pairing changed. */
  refreshPairing(projectId: string): Promise<Pairing>;
  /**
   * Reads ftrack's definitions and both systems' users anew.
   * @param calm not again within seconds: whoever is assigned may be a group, which is no user however often one looks.
   */
  refreshSite(projectId: string, calm: boolean): Promise<Pairing>;
}

export interface FactsOptions {
  /** Milliseconds that definitions and users are kept. */
  readonly siteAge?: number;
  /** Milliseconds that a project's lists and pairing are kept. */
  readonly projectAge?: number;
  /** Milliseconds that "not ours" is kept, so that events of foreign projects cost little. */
  readonly skipAge?: number;
  /** Milliseconds within which definitions are not read twice. */
  readonly calm?: number;
  readonly now?: () => number;
}

interface Site {
  readonly ftrack: FtrackFacts;
  readonly attributes: readonly AyonAttribute[];
  readonly users: ReadonlyMap<string, string>;
  readonly me: string;
}

interface Kept<Value> {
  readonly value: Promise<Value>;
  readonly since: number;
}

export function createProjectFacts(sources: FactsSources, options: FactsOptions = {}): ProjectFactsCache {
  const {
    siteAge = 300_000,
    projectAge = 60_000,
    skipAge = 15_000,
    calm = 30_000,
    now = () => performance.now(),
  } = options;
  const projects = new Map<string, Kept<Pairing>>();
  // Several events may wait for one reading; it must not end with the first of them. The clients' time-outs end it.
  const { signal } = new AbortController();

  const site = siteCache(() => readSite(sources, signal), { maxAge: siteAge, now });
  const load = async (projectId: string): Promise<Pairing> =>
    pair(sources, { projectId, site: await site.read() }, signal);

  function keep(projectId: string, value: Promise<Pairing>, since = now()): Promise<Pairing> {
    const kept = { value, since };
    projects.set(projectId, kept);
    value.catch((error: unknown) => {
      // Attributes that both systems lack are looked for again; any other trouble is the project's alone.
      if (isAttributeMissing(error)) {
        site.forget();
      }
      if (projects.get(projectId) === kept) {
        projects.delete(projectId);
      }
    });
    return value;
  }
  const cache: ProjectFactsCache = {
    async of(projectId) {
      const kept = projects.get(projectId);
      if (kept === undefined) {
        return keep(projectId, load(projectId));
      }
      const pairing = await kept.value.catch(() => undefined);
      const age = pairing !== undefined && 'skip' in pairing ? skipAge : projectAge;
      return pairing !== undefined && now() - kept.since < age ? pairing : keep(projectId, load(projectId));
    },
    async refreshProject(projectId) {
      const pairing = await cache.of(projectId);
      if ('skip' in pairing) {
        return pairing;
      }
      const since = projects.get(projectId)?.since;
      const project = await sources.ayon.project(pairing.facts.project.name, signal);
      // The rest of the pairing is as old as it was: a busy project must see changed settings too.
      return project === undefined
        ? keep(projectId, load(projectId))
        : keep(projectId, Promise.resolve({ facts: { ...pairing.facts, project } }), since);
    },
    refreshPairing: (projectId) => keep(projectId, load(projectId)),
    async refreshSite(projectId, isCalm) {
      site.forget(isCalm ? calm : 0);
      const [pairing, { ftrack }] = await Promise.all([cache.of(projectId), site.read()]);
      if ('facts' in pairing && pairing.facts.ftrack === ftrack) {
        return pairing;
      }
      return keep(projectId, load(projectId));
    },
  };
  return cache;
}

interface SiteCache {
  read(): Promise<Site>;
  /** Forgets what was read at least so many milliseconds ago. */
  forget(age?: number): void;
}

/** What all projects share; a reading that failed is not kept. */
function siteCache(
  load: () => Promise<Site>,
  { maxAge, now }: { readonly maxAge: number; readonly now: () => number },
): SiteCache {
  let kept: Kept<Site> | undefined;
  const forget = (age = 0): void => {
    kept = kept !== undefined && now() - kept.since >= age ? undefined : kept;
  };
  return {
    forget,
    read() {
      forget(maxAge);
      if (kept === undefined) {
        const reading = { value: load(), since: now() };
        kept = reading;
        reading.value.catch(() => {
          kept = kept === reading ? undefined : kept;
        });
      }
      return kept.value;
    },
  };
}

const isAttributeMissing = (error: unknown): boolean =>
  ['ayon-attribute-missing', 'ftrack-attribute-missing'].includes(codeOf(error) ?? '');

async function readSite({ ftrack, ayon }: FactsSources, signal: AbortSignal): Promise<Site> {
  const [facts, attributes, users, me] = await Promise.all([
    ftrack.facts(signal),
    ayon.attributes(signal),
    ayon.users(signal),
    ayon.me(signal),
  ]);
  const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
    new Map(rows.map((row) => [row.id, row]));
  return {
    ftrack: {
      objectTypes: byId(facts.objectTypes),
      statuses: byId(facts.statuses),
      types: byId(facts.types),
      attributes: facts.attributes,
      users: byId(facts.users),
    },
    attributes,
    users: pairUsers(facts.users, users),
    me,
  };
}

interface PairInput {
  readonly projectId: string;
  readonly site: Site;
}

/** As much of the addon's attributes as pairs of entities need. */
const PAIRING = { ftrackId: ['project', 'folder', 'task'] };

function requireAttributes(ayonAttributes: readonly AyonAttribute[]): void {
  const missing = missingAttributes(ayonAttributes, PAIRING);
  if (missing !== undefined) {
    throw failure('ayon-attribute-missing', missing);
  }
}

async function pair(
  sources: FactsSources,
  { projectId, site }: PairInput,
  signal: AbortSignal,
): Promise<Pairing> {
  requireAttributes(site.attributes);
  const [state, names] = await Promise.all([
    sources.ftrack.state(
      { projectId, contextIds: [], whereabouts: [], assignmentsOf: [], appointmentIds: [], attributeIds: [] },
      signal,
    ),
    sources.ayon.projects(signal),
  ]);
  const paired = names.filter(({ ftrackId }) => ftrackId?.toLowerCase() === projectId.toLowerCase());
  // A project that was copied or archived in AYON may carry the id as well.
  const byId = paired.find(({ active }) => active) ?? paired[0];
  if (state.project === undefined) {
    if (byId === undefined) {
      return {
        skip: `ftrack project ${projectId} is not readable with our key and no AYON project is paired with it`,
      };
    }
    throw failure(
      'ftrack-project-unreadable',
      `ftrack does not show project ${projectId}, which is paired with AYON's ${byId.name}; give the integration's user access to it, or unpair it`,
    );
  }
  const found = byId ?? names.find(({ name }) => name === state.project?.fullName);
  if (found === undefined) {
    return {
      skip: `AYON has no project for ftrack's "${state.project.fullName}"; prepare it to have it synced`,
    };
  }
  if (byId === undefined && found.ftrackId !== null && found.ftrackId !== '') {
    return { skip: `AYON's project ${found.name} is paired with another ftrack project (${found.ftrackId})` };
  }
  const project = await sources.ayon.project(found.name, signal);
  const settings = await sources.settings.load(found.name, signal);
  if (project === undefined) {
    return { skip: `AYON's project ${found.name} is gone` };
  }
  if (!settings.enabled) {
    return { skip: `The ftrack addon is switched off for project ${found.name}` };
  }
  const { enabled, mapping } = settings.attributesMapping;
  return {
    facts: complete(project, {
      site,
      mapping: enabled ? mapping : undefined,
      ftrackProject: state.project,
      byName: byId === undefined,
    }),
  };
}

interface Completion {
  readonly site: Site;
  readonly mapping: Parameters<typeof attributeRules>[0]['mapping'];
  readonly ftrackProject: FtrackProject;
  readonly byName: boolean;
}

function complete(project: AyonProject, { site, mapping, ftrackProject, byName }: Completion): Paired {
  const projectId = ftrackProject.id;
  const ayonAttributes = new Map(site.attributes.map((each) => [each.name, each]));
  const { attributes } = site.ftrack;
  const rules = attributeRules({ mapping, ftrack: attributes, ayon: site.attributes, projectId });
  const marks = marksOf(attributes);
  const autoSync = attributes.find(
    ({ key, entityType }) => key === 'auto_sync_enabled' && entityType === 'show',
  );
  const used = [
    ...rules.flatMap(({ sources }) => sources),
    ...Object.values(marks),
    ...(autoSync ? [autoSync] : []),
  ];
  return {
    projectId,
    ftrack: site.ftrack,
    rules,
    ayonAttributes,
    users: site.users,
    project,
    marks,
    me: site.me,
    autoSync,
    attributeIds: [...new Set(used.map((each: CustomAttribute) => each.id))],
    pairedByName: byName ? ftrackProject.fullName : undefined,
  };
}

function marksOf(attributes: readonly CustomAttribute[]): Marks {
  const mark = (key: string): CustomAttribute => {
    const found = attributes.find((each) => each.key === key && each.hierarchical);
    if (found === undefined) {
      throw failure(
        'ftrack-attribute-missing',
        `ftrack has no hierarchical custom attribute "${key}" that our key can read; create the integration's attributes or give its role access`,
      );
    }
    return found;
  };
  return { ayonId: mark('ayon_id'), ayonPath: mark('ayon_path'), syncFailed: mark('ayon_sync_failed') };
}
