import { z } from 'zod';
import type { Control } from '../control';
import { bodyOf, ControlError, DONE } from '../control';
import type { RouteRequest } from '../http';
import { FtrackError } from './errors';
import type { EventHub } from './hub/hub';
import type { ServerParts } from './server';
import { errorAnswer } from './server';

/** The parts of a simulated ftrack that can be steered. */
export type ControlParts = Pick<ServerParts, 'workspace' | 'hub' | 'credentials'>;

const count = z.number().int().min(0);
const Hub = z
  .strictObject({
    drop: z.union([z.literal(true), z.string()], { error: 'must be true or the name of a user' }),
    silence: z.boolean(),
    stopHeartbeats: z.boolean(),
    sendRaw: z.string(),
    dropEvents: count,
    duplicateEvents: count,
    reorderEvents: count,
    handshake503: count,
    upgradeHangMs: z.number().min(0).nullable(),
  })
  .partial()
  .refine((wanted) => Object.keys(wanted).length > 0, { message: 'must name something to do' });
const hubExample = { drop: 'bob', silence: true, dropEvents: 3, handshake503: 2, upgradeHangMs: 5000 };

/** What each key of the body does; `null` ends a hang. */
const hubActions: {
  readonly [Key in keyof z.infer<typeof Hub>]-?: (
    hub: EventHub,
    value: Exclude<z.infer<typeof Hub>[Key], undefined>,
  ) => void;
} = {
  drop: (hub, who) => hub.dropAll(who === true ? undefined : who),
  silence: (hub, on) => hub.silence(on),
  stopHeartbeats: (hub, on) => hub.stopHeartbeats(on),
  sendRaw: (hub, frame) => hub.sendRaw(frame),
  dropEvents: (hub, events) => hub.dropEvents(events),
  duplicateEvents: (hub, events) => hub.duplicateNext(events),
  reorderEvents: (hub, events) => hub.reorderNext(events),
  handshake503: (hub, times) => hub.handshake503(times),
  upgradeHangMs: (hub, ms) => hub.upgradeHang(ms ?? undefined),
};

function hubControls({ hub }: ControlParts): Control[] {
  return [
    {
      method: 'GET',
      path: 'hub',
      what: 'The open sockets of the event hub with their users and subscribers.',
      run: () => ({ json: hub.connections() }),
    },
    {
      method: 'POST',
      path: 'hub',
      what: `Faults of the event hub, any of ${Object.keys(hubActions).join(', ')}; a late handshake is the fault {"match":{"path":"^/socket.io/1"},"effect":{"delayMs":3000}}.`,
      example: hubExample,
      run: (request) => {
        const wanted = bodyOf(request, Hub, hubExample);
        for (const key of Object.keys(hubActions) as (keyof typeof hubActions)[]) {
          const act = hubActions[key] as (hub: EventHub, value: unknown) => void;
          if (wanted[key] !== undefined) {
            act(hub, wanted[key]);
          }
        }
        return DONE;
      },
    },
  ];
}

const Project = z.strictObject({ project: z.string(), users: z.array(z.string()).default([]) });
const projectExample = { project: 'nordlicht', users: ['bob'] };
const Credentials = z.strictObject({ user: z.string().optional() });
const userExample = { user: 'bob' };

/** Losing and gaining rights: projects that vanish, keys that stop working. */
function permissionControls({ workspace: { store }, credentials, hub }: ControlParts): Control[] {
  const known = (username: string): string => {
    if (!credentials.user(username)) {
      throw new ControlError(`The simulated ftrack has no active user ${JSON.stringify(username)}.`);
    }
    return username;
  };
  const projectOf = (request: RouteRequest): { id: string; users: string[] } => {
    const { project, users } = bodyOf(request, Project, projectExample);
    for (const row of store.tableOf('Context').where('$type', 'Project')) {
      if (row.key === project || row.data['name'] === project) {
        return { id: row.key, users: users.map(known) };
      }
    }
    throw new ControlError(`The simulated ftrack has no project ${JSON.stringify(project)}.`);
  };
  const control = (path: string, what: string, parts: Pick<Control, 'example' | 'run'>): Control => ({
    method: 'POST',
    path,
    what,
    ...parts,
  });
  return [
    control('projects/hide', 'These users (default: everyone) lose all access to a project.', {
      example: projectExample,
      run: (request) => {
        const { id, users } = projectOf(request);
        store.hideProject(id, users);
        return DONE;
      },
    }),
    control('projects/show', 'A hidden project is there again for all who may see it.', {
      example: { project: 'nordlicht' },
      run: (request) => {
        store.showProject(projectOf(request).id);
        return DONE;
      },
    }),
    control('credentials/revoke', "The keys of a user (default: everyone's) are refused, open sockets cut.", {
      example: userExample,
      run: (request) => {
        const { user } = bodyOf(request, Credentials, userExample);
        credentials.revoke(user === undefined ? undefined : known(user));
        hub.dropAll(user);
        return DONE;
      },
    }),
    control('credentials/restore', 'All keys work again.', {
      run: () => {
        credentials.restore();
        return DONE;
      },
    }),
  ];
}

const Batch = z.strictObject({
  user: z.string(),
  operations: z.array(z.unknown()),
  clientToken: z.string().optional(),
});
const batchExample = {
  user: 'bob',
  operations: [{ action: 'query', expression: 'select name from Project' }],
};

/** Another process edits as any user, without credentials. */
function batchControl({ workspace, credentials }: ControlParts): Control {
  return {
    method: 'POST',
    path: 'batch',
    what: 'Runs operations as a user, as POST /api does, without a key.',
    example: batchExample,
    run: (request) => {
      const { user: username, operations, clientToken = null } = bodyOf(request, Batch, batchExample);
      const user = credentials.user(username);
      if (!user) {
        throw new ControlError(`The simulated ftrack has no active user ${JSON.stringify(username)}.`);
      }
      try {
        return {
          json: workspace.execute(operations, { ...user, strict: true, clientToken, pushToken: null }),
        };
      } catch (error) {
        if (error instanceof FtrackError) {
          return errorAnswer(error, true);
        }
        throw error;
      }
    },
  };
}

/** What another process can do to a simulated ftrack besides what it can do to every simulator. */
export function ftrackControls(parts: ControlParts): Control[] {
  return [batchControl(parts), ...hubControls(parts), ...permissionControls(parts)];
}
