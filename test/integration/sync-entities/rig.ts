import type { AyonSimulator, AyonSimulatorOptions } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import type { FtrackSimulator, Hand } from '../../../simulators/ftrack';
import { startFtrackSimulator } from '../../../simulators/ftrack';
import type { Studio } from '../../../simulators/studio';
import { sampleStudio } from '../../../simulators/studio';
import type { StepResult } from '../../../src/activities/step';
import type { SyncDeps } from '../../../src/activities/sync/deps';
import { createProjectFacts } from '../../../src/activities/sync/facts';
import { createSyncEntities } from '../../../src/activities/sync-entities';
import { createAyonClient } from '../../../src/clients/ayon/client';
import { createFtrackClient } from '../../../src/clients/ftrack/client';
import { createSettingsLoader } from '../../../src/config/settings';
import type { FtrackEvent } from '../../../src/contracts/messages';
import { FtrackEntity } from '../../../src/contracts/messages';
import { timings } from '../../../src/contracts/timings';
import { codeOf } from '../../../src/errors';

export const TOKEN = 'ayon-ftrack/test';

/** An AYON entity as its GraphQL and REST would show it. */
export interface Seen {
  readonly id: string;
  readonly name: string;
  readonly label: string | null;
  readonly active: boolean;
  readonly status: string;
  readonly type: string;
  readonly parentId: string | null;
  readonly assignees: readonly string[];
  /** Values set on the entity itself. */
  readonly own: Readonly<Record<string, unknown>>;
}

export interface Requests {
  readonly ftrack: number;
  readonly ayon: number;
}

type Step = ReturnType<typeof createSyncEntities>;

/** Both simulators and the step between them; ftrack's events are kept, not delivered by a hub. */
export class Rig {
  readonly ftrack: FtrackSimulator;
  readonly ayon: AyonSimulator;
  readonly bob: Hand;
  readonly project: { readonly id: string; readonly name: string; readonly ayonName: string };
  /** ftrack's events since the last {@link take}, our own left out. */
  readonly #events: FtrackEvent[] = [];
  readonly #step: Step;
  readonly facts: ReturnType<typeof createProjectFacts>;
  readonly deps: SyncDeps;
  readonly warnings: string[] = [];

  private constructor(ftrack: FtrackSimulator, ayon: AyonSimulator, studio: Studio) {
    this.ftrack = ftrack;
    this.ayon = ayon;
    this.bob = ftrack.as('bob');
    const project = studio.projects.at(-1);
    if (project === undefined) {
      throw new Error('the studio has no project');
    }
    const ayonName = project.fullName.replaceAll(/[^a-zA-Z0-9_]/g, '_');
    this.project = { id: project.id, name: project.name, ayonName };
    ftrack.hub.onEvent((event) => this.#keep(event));
    const clients = {
      ftrack: createFtrackClient({
        serverUrl: ftrack.url,
        user: ftrack.user,
        apiKey: ftrack.key,
        clientToken: TOKEN,
      }),
      ayon: createAyonClient({
        serverUrl: ayon.url,
        apiKey: ayon.apiKey,
        sender: 'test',
        addon: { name: 'ftrack', version: ayon.store.addonVersion },
        timeouts: { read: 5_000, write: 20_000, probe: 1_000 },
      }),
    };
    const settings = createSettingsLoader(clients.ayon);
    this.facts = createProjectFacts({ ...clients, settings });
    this.deps = {
      ...clients,
      facts: this.facts,
      log: { warn: (_, message) => this.warnings.push(message) },
    };
    this.#step = createSyncEntities(this.deps);
  }

  static async start(
    studio: Studio = sampleStudio(),
    options: Pick<AyonSimulatorOptions, 'paired' | 'attributes'> = {},
  ): Promise<Rig> {
    const ftrack = await startFtrackSimulator({ studio });
    const ayon = await startAyonSimulator({ studio, ...options });
    return new Rig(ftrack, ayon, studio);
  }

  async close(): Promise<void> {
    await this.ftrack.close();
    await this.ayon.close();
  }

  #keep(event: { readonly id?: unknown; readonly topic?: unknown; readonly data?: unknown }): void {
    const data = event.data as { entities?: unknown[]; clientToken?: string | null } | undefined;
    const entities = (data?.entities ?? []).flatMap((each) => FtrackEntity.safeParse(each).data ?? []);
    if (entities.length > 0 && data?.clientToken !== TOKEN) {
      this.#events.push({
        id: String(event.id),
        topic: String(event.topic),
        user: {},
        entities,
        arrivedAt: Date.now(),
      });
    }
  }

  /** The events that ftrack sent since the last call. */
  take(): FtrackEvent[] {
    return this.#events.splice(0);
  }

  /** Applies one event as the processor would. */
  apply(event: FtrackEvent, project: string | null = this.project.id): Promise<StepResult> {
    return this.#run(this.#step, event, project);
  }

  #run(step: Step, event: FtrackEvent, project: string | null): Promise<StepResult> {
    return step.syncEntities(
      { event, project, turn: { run: 'run', number: 1 } },
      { signal: new AbortController().signal, timings: timings(), now: Date.now },
    );
  }

  /** Applies all events that ftrack sent since the last call. */
  async sync(): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const event of this.take()) {
      results.push(await this.apply(event));
    }
    return results;
  }

  /** The code, message and details with which an event fails, also in a step with other dependencies. */
  async failing(
    event: FtrackEvent | undefined,
    step = this.#step,
  ): Promise<{ code: unknown; message: string; details: unknown }> {
    if (event === undefined) {
      throw new Error('no event');
    }
    const error: unknown = await this.#run(step, event, this.project.id).catch((thrown: unknown) => thrown);
    if (!(error instanceof Error)) {
      throw new Error(`did not fail: ${JSON.stringify(error)}`);
    }
    return { code: codeOf(error), message: error.message, details: Reflect.get(error, 'details') };
  }

  /** Counts the requests that the work makes. */
  async counting(work: () => Promise<unknown>): Promise<Requests> {
    const before = { ftrack: this.ftrack.calls.list().length, ayon: this.ayon.calls.list().length };
    await work();
    return {
      ftrack: this.ftrack.calls.list().length - before.ftrack,
      ayon: this.ayon.calls.list().length - before.ayon,
    };
  }

  /** Gives an AYON folder a product with a version, which makes it immutable. */
  publish(folder: string): void {
    const edits = this.ayon.as('bob');
    const project = this.project.ayonName;
    const product = edits.create({ project, kind: 'product' }, {
      name: 'main',
      folderId: folder,
      productType: 'render',
    } as never);
    edits.create({ project, kind: 'version' }, { version: 1, productId: product } as never);
  }

  id(path: string): string {
    return this.bob.findByPath(`${this.project.name}/${path}`).id;
  }

  /** The AYON entity with that `ftrackId`, or with that id. */
  async seen(ftrackId: string): Promise<Seen | undefined> {
    const derived = ftrackId.replaceAll('-', '');
    const all = await this.all();
    return all.find((each) => each.own['ftrackId'] === ftrackId) ?? all.find((each) => each.id === derived);
  }

  async all(): Promise<Seen[]> {
    const query = `query($p:String!){project(name:$p){
      folders(first:100000){edges{node{id name label active status folderType parentId}}}
      tasks(first:100000){edges{node{id name label active status taskType folderId assignees}}}}}`;
    const { data } = await this.#ask<{ data: { project: Record<string, { edges: { node: never }[] }> } }>(
      '/graphql',
      {
        query,
        variables: { p: this.project.ayonName },
      },
    );
    const nodes = (kind: 'folders' | 'tasks'): Record<string, unknown>[] =>
      (data.project[kind]?.edges ?? []).map(({ node }) => node);
    const folders = nodes('folders').map((node) => ({ ...node, type: node['folderType'], kind: 'folders' }));
    const tasks = nodes('tasks').map((node) => ({
      ...node,
      type: node['taskType'],
      parentId: node['folderId'],
      kind: 'tasks',
    }));
    return Promise.all(
      [...folders, ...tasks].map(async (node) => {
        const { kind, ...rest } = node as typeof node & { id: string };
        const full = await this.#ask<{ attrib: Record<string, unknown>; ownAttrib: string[] }>(
          `/api/projects/${this.project.ayonName}/${kind}/${rest.id}`,
        );
        const own = Object.fromEntries(full.ownAttrib.map((name) => [name, full.attrib[name]]));
        return { assignees: [], ...rest, own } as unknown as Seen;
      }),
    );
  }

  async ayonProject(): Promise<Record<string, unknown>> {
    return this.#ask(`/api/projects/${this.project.ayonName}`);
  }

  async #ask<Answer>(path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.ayon.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'x-api-key': this.ayon.apiKey, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Answer;
  }
}
