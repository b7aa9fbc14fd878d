import { z } from 'zod';
import { bodyOf } from '../../control';
import type { RouteAnswer, RouteRequest } from '../../http';
import type { EventHub } from '../hub/hub';
import { WebUser } from '../hub/web-user';
import type { Viewer } from './viewer';

const selection = z.array(z.strictObject({ entityId: z.string(), entityType: z.string() }));
const example = { selection: [{ entityId: 'id', entityType: 'task' }] };

const Discovery = z.strictObject({ selection });
const Launch = z.strictObject({
  item: z.record(z.string(), z.unknown()),
  selection,
  values: z.record(z.string(), z.unknown()).optional(),
});
const launchExample = { item: { actionIdentifier: 'studio.publish' }, ...example, values: { format: 'exr' } };

/** Does something as the web page of this user, which leaves the hub afterwards. */
async function asPage<Result>(
  hub: EventHub,
  viewer: Viewer,
  work: (page: WebUser) => Promise<Result>,
): Promise<Result> {
  const page = new WebUser(hub, viewer.user);
  try {
    return await work(page);
  } finally {
    page.close();
  }
}

/** The menu of actions that connected services offer for a selection. */
export async function discover(hub: EventHub, viewer: Viewer, request: RouteRequest): Promise<RouteAnswer> {
  const wanted = bodyOf(request, Discovery, example);
  const items = await asPage(hub, viewer, (page) => page.discover(wanted.selection));
  return { json: { items } };
}

/** Launches an item of the menu, or sends the values of its form; `answer` is null when nobody answers in time. */
export async function launch(hub: EventHub, viewer: Viewer, request: RouteRequest): Promise<RouteAnswer> {
  const { item, selection: selected, values } = bodyOf(request, Launch, launchExample);
  const answer = await asPage(hub, viewer, (page) =>
    page.launch({ item, selection: selected, ...(values === undefined ? {} : { values }) }),
  );
  return { json: { answer: answer ?? null } };
}
