import { fault } from '../errors';
import type { NewEvent } from '../event-log';
import type { AddRoute, AyonRequest } from '../request';
import { NO_CONTENT } from '../request';
import type { AyonStore } from '../store';
import { isManager } from '../users';

/** Bundles: which addon versions are in production, staging and development. */
export function addBundleRoutes(add: AddRoute, store: AyonStore): void {
  const { bundles, events } = store;
  const requireManager = (request: AyonRequest): void => {
    if (!isManager(request.user)) {
      throw fault(403, 'You are not allowed to manage bundles');
    }
  };
  const tell = (request: AyonRequest, name: string, topic: string): void => {
    const event: NewEvent = { topic, description: `Bundle ${name}: ${topic}`, summary: { name } };
    events.add(event, request.origin);
  };
  add('GET', '/api/bundles', ({ query }) => ({ json: bundles.view(query.get('archived') === 'true') }));
  add('POST', '/api/bundles', (request) => {
    requireManager(request);
    const { name } = bundles.create(request.body, request.query.get('force') === 'true');
    tell(request, name, 'bundle.created');
    return { status: 201, json: null };
  });
  add('PATCH', '/api/bundles/:name', (request) => {
    requireManager(request);
    const { name } = bundles.patch(request.params['name'] ?? '', request.body);
    const isStatus = ['isProduction', 'isStaging'].some((flag) => request.body[flag] !== undefined);
    tell(request, name, isStatus ? 'bundle.status_changed' : 'bundle.updated');
    return NO_CONTENT;
  });
  add('DELETE', '/api/bundles/:name', (request) => {
    requireManager(request);
    bundles.remove(request.params['name'] ?? '');
    return NO_CONTENT;
  });
}
