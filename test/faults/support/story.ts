import { setTimeout as pause } from 'node:timers/promises';
import type { StoredEvent } from '../../../simulators/ayon';
import { ayonId } from '../../../simulators/ayon';
import { eventWorkflowId, GAP_FILL_ID, SIGNAL, WORKFLOW } from '../../../src/contracts/names';
import { queueStart } from '../../../src/contracts/queue';
import type { Testbed } from '../../../testbed';
import { eventually } from '../../support/eventually';

export const FEATURE = 'weisser_wal';
export const SPOT = 'nordlicht';

type Project = ReturnType<Testbed['ayon']['store']['project']>;
export type AyonEntity = NonNullable<ReturnType<Project['entities']['get']>>;

/** Longer than a workflow task that died with its worker (10 s) and what follows it. */
export const PATIENCE_MS = 60_000;

/** A testbed with words for what the fault tests do and look at. */
export class Story {
  readonly testbed: Testbed;
  /** ftrack ids of the projects by name. */
  readonly projects: Readonly<Record<string, string>>;
  /** Ids of the ftrack events of people's edits, in order. */
  readonly events: string[] = [];
  /** Whether a line of drift is as it shall be. */
  isMeant: (difference: string) => boolean = () => false;

  constructor(testbed: Testbed) {
    this.testbed = testbed;
    this.projects = Object.fromEntries(testbed.studio.projects.map(({ name, id }) => [name, id]));
    testbed.ftrack.hub.onEvent((event) => {
      const { entities, clientToken } = (event['data'] ?? {}) as {
        entities?: readonly { entityType?: string }[];
        clientToken?: string | null;
      };
      const isNoise = entities?.every(({ entityType }) => entityType === 'socialfeed') ?? true;
      if (event['topic'] === 'ftrack.update' && !isNoise && !clientToken?.startsWith('ayon-ftrack/')) {
        this.events.push(String(event['id']));
      }
    });
  }

  get bob() {
    return this.testbed.ftrack.as('bob');
  }

  id(path: string): string {
    return this.bob.findByPath(path).id;
  }

  /** Ids of the tasks of a project, in the order of their paths. */
  tasks(project: string): string[] {
    const found = this.testbed.studio.projects.find(({ name }) => name === project);
    return (found?.entities ?? []).filter(({ type }) => type === 'Task').map(({ id }) => id);
  }

  /** A task of the project that is still there, and in AYON. */
  anyTask(project: string): string | undefined {
    return this.tasks(project).find(
      (id) => this.testbed.ftrack.store.context(id) !== undefined && this.seen(id)?.active === true,
    );
  }

  /** AYON's partner of an ftrack entity. */
  seen(ftrackId: string): AyonEntity | undefined {
    return this.partners(ftrackId)[0];
  }

  /** All AYON entities that carry this ftrack id, active or not. */
  partners(ftrackId: string): AyonEntity[] {
    return [...this.testbed.ayon.store.projects.values()].flatMap(({ entities }) =>
      (['folder', 'task'] as const).flatMap((kind) =>
        entities
          .pick(kind, entities.orderedIds(kind))
          .filter(({ attrib }) => attrib['ftrackId'] === ftrackId),
      ),
    );
  }

  /** The partner with its project in AYON. */
  located(ftrackId: string): { readonly project: string; readonly entity: AyonEntity } | undefined {
    const entity = this.seen(ftrackId);
    const project = [...this.testbed.ayon.store.projects.values()].find(
      ({ entities }) => entity !== undefined && entities.get(entity.kind, entity.id) !== undefined,
    );
    return entity === undefined || project === undefined ? undefined : { project: project.name, entity };
  }

  /** A folder or task of AYON by its own id. */
  ayonEntity(id: string): AyonEntity | undefined {
    return [...this.testbed.ayon.store.projects.values()]
      .flatMap(({ entities }) => [entities.get('folder', id), entities.get('task', id)])
      .find((each) => each !== undefined);
  }

  /** What differs between both sides and should not. */
  drift(): string[] {
    return this.testbed.drift().filter((line) => !this.isMeant(line));
  }

  /** Where in AYON the partner is edited by hand. */
  target(ftrackId: string): { project: string; kind: 'folder' | 'task'; id: string } {
    const id = ayonId(ftrackId);
    for (const { name, entities } of this.testbed.ayon.store.projects.values()) {
      for (const kind of ['folder', 'task'] as const) {
        if (entities.get(kind, id) !== undefined) {
          return { project: name, kind, id };
        }
      }
    }
    throw new Error(`AYON has no partner of ${ftrackId}.`);
  }

  /** AYON's own events by topic and entity, oldest first. */
  ayonEvents(topic: RegExp, ftrackId?: string): StoredEvent[] {
    const id = ftrackId === undefined ? undefined : ayonId(ftrackId);
    return [...this.testbed.ayon.store.events.ascending()].filter(
      (each) => topic.test(each.topic) && (id === undefined || each.summary['entityId'] === id),
    );
  }

  async untilAgreed(ms = PATIENCE_MS): Promise<void> {
    await eventually(
      'both sides to agree',
      () => {
        const drift = this.drift();
        if (drift.length > 0) {
          throw new Error(drift.slice(0, 5).join('; '));
        }
        return true;
      },
      ms,
    );
  }

  /** Both sides agree and no event waits, whatever arrived of it by the hub or was found in ftrack's log. */
  async untilQuiet(ms = PATIENCE_MS): Promise<void> {
    const { client } = this.testbed;
    let looks = 0;
    await eventually(
      'both sides to agree and every event to be closed',
      async () => {
        // Not at each look: a sweep reads a good part of ftrack's log.
        if (looks++ % 4 === 0) {
          await client.workflow.getHandle(GAP_FILL_ID).signal(SIGNAL.sweep);
        }
        const drift = this.drift();
        const open = await this.find('WorkflowType = "handleEvent" AND ExecutionStatus = "Running"');
        if (drift.length + open.length > 0) {
          await pause(500);
          const texts = drift.length > 0 ? drift.slice(0, 5).join('; ') : await this.queueTexts();
          throw new Error(`${open.length} open events; ${texts}`);
        }
        return true;
      },
      ms,
    );
  }

  /** Every event of an edit so far has one closed workflow. */
  async untilClosed(events: readonly string[] = this.events, ms = PATIENCE_MS): Promise<void> {
    const open = new Set(events);
    await eventually(
      'all events to be closed',
      async () => {
        for (const event of open) {
          const seen = await this.standing(event);
          if (!seen.startsWith('completed')) {
            throw new Error(`${event} is ${seen}, ${open.size} open; ${await this.queueTexts()}`);
          }
          open.delete(event);
        }
        return true;
      },
      ms,
    );
  }

  async queueTexts(): Promise<string> {
    const texts = Object.entries(this.projects).map(([name, id]) =>
      this.testbed.queue(id).then(
        ({ text }) => `${name}: ${text}`,
        () => `${name}: no queue`,
      ),
    );
    return (await Promise.all(texts)).join('; ');
  }

  event(id: string) {
    return this.testbed.client.workflow.getHandle(eventWorkflowId(id));
  }

  /** Status of the workflow and its search attribute `SyncOutcome`, such as `completed applied`. */
  async standing(event: string): Promise<string> {
    const { status, typedSearchAttributes } = await this.event(event).describe();
    const outcome = typedSearchAttributes.get({ name: 'SyncOutcome', type: 'KEYWORD' });
    return `${status.name.toLowerCase()} ${outcome ?? '-'}`;
  }

  async untilStanding(event: string, standing: string, ms = PATIENCE_MS): Promise<void> {
    await eventually(
      `${event} to be ${standing}`,
      async () => {
        const seen = await this.standing(event);
        if (seen !== standing) {
          throw new Error(seen);
        }
        return true;
      },
      ms,
    );
  }

  /** The event workflows that Temporal finds with a query; asked until there are as many as expected. */
  async find(query: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { workflowId } of this.testbed.client.workflow.list({ query })) {
      found.push(workflowId);
    }
    return found;
  }

  async untilQueue(project: string, text: RegExp, ms = PATIENCE_MS): Promise<void> {
    await eventually(
      `the queue to say ${String(text)}`,
      async () => {
        const view = await this.testbed.queue(this.projects[project] ?? project);
        if (!text.test(view.text)) {
          throw new Error(view.text);
        }
        return true;
      },
      ms,
    );
  }

  /** Pauses or resumes a project's queue; begins it should it have closed for want of work. */
  async toQueue(name: string, signal: 'pause' | 'resume'): Promise<void> {
    const { client, scale } = this.testbed;
    const project = this.projects[name] ?? name;
    await client.workflow.signalWithStart(WORKFLOW.queue, {
      ...queueStart(project, scale),
      signal: SIGNAL[signal],
      signalArgs: [],
    });
  }
}

/** The id of the event that an edit causes. */
export function eventOf(story: Story, edit: () => unknown): string {
  const before = story.events.length;
  edit();
  const id = story.events[before];
  if (id === undefined || story.events.length !== before + 1) {
    throw new Error(`The edit made ${story.events.length - before} events.`);
  }
  return id;
}
