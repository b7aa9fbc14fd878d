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
import { failure } from '../../errors';
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
  const { siteAge = 300_000, projectAge = 60_000, skipAge = 15_000, calm = 30_000, now = Date.now } = options;
  const projects = new Map<string, Kept<Pairing>>();
  let site: Kept<Site> | undefined;
  // Several events may wait for one reading; it must not end with the first of them. The clients' time-outs end it.
  const { signal } = new AbortController();

  const siteOf = (): Promise<Site> => {
    if (site === undefined || now() - site.since >= siteAge) {
      site = { value: readSite(sources, signal), since: now() };
    }
    return site.value;
  };
  const load = async (projectId: string): Promise<Pairing> =>
    pair(sources, { projectId, site: await siteOf() }, signal);

  function keep(projectId: string, value: Promise<Pairing>): Promise<Pairing> {
    const kept = { value, since: now() };
    projects.set(projectId, kept);
    value.catch(() => {
      site = undefined;
      if (projects.get(projectId) === kept) {
        projects.delete(projectId);
      }
    });
    return value;
  }
  async function withProject(projectId: string): Promise<Pairing> {
    const pairing = await cache.of(projectId);
    if ('skip' in pairing) {
      return pairing;
    }
    const project = await sources.ayon.project(pairing.facts.project.name, signal);
    return project === undefined ? load(projectId) : { facts: { ...pairing.facts, project } };
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
    refreshProject: async (projectId) => keep(projectId, Promise.resolve(await withProject(projectId))),
    refreshPairing: (projectId) => keep(projectId, load(projectId)),
    refreshSite(projectId, isCalm) {
      if (site !== undefined && (!isCalm || now() - site.since >= calm)) {
        site = undefined;
      }
      return keep(projectId, load(projectId));
    },
  };
  return cache;
}

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

/** Without these attributes no pair could be kept: AYON would drop what is written, silently. */
function requireAttributes(ayonAttributes: readonly AyonAttribute[]): void {
  const scopes = ayonAttributes.find(({ name }) => name === 'ftrackId')?.scope ?? [];
  const missing = ['project', 'folder', 'task'].filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) {
    throw failure(
      'ayon-attribute-missing',
      `AYON has no attribute "ftrackId" for a ${missing.join(', ')}; install the ftrack addon and restart the server, twice after a first installation`,
    );
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
      { projectId, contextIds: [], assignmentsOf: [], appointmentIds: [], attributeIds: [] },
      signal,
    ),
    sources.ayon.projects(signal),
  ]);
  const byId = names.find(({ ftrackId }) => ftrackId?.toLowerCase() === projectId.toLowerCase());
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
