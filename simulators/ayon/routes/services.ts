import { AyonFault, fault } from '../errors';
import type { JsonObject } from '../json';
import { objectOf, textsOf } from '../json';
import type { AddRoute, AyonRequest } from '../request';
import { NO_CONTENT } from '../request';
import type { AyonStore, ServiceRecord } from '../store';
import { isManager, isService } from '../users';

/** The services that the ftrack addon offers. */
const OFFERED = ['leecher', 'processor', 'transmitter'];

function textIn(body: JsonObject, key: string): string {
  const value = body[key];
  return typeof value === 'string' ? value : '';
}

function serviceView(store: AyonStore, service: ServiceRecord): JsonObject {
  const host = store.hosts.get(service.hostname);
  const lastSeen = host?.lastSeen ?? 0;
  const { config, ...plain } = service;
  const image = `ynput/ayon-ftrack-${service.service}:${service.addonVersion}`;
  const empty = { volumes: null, ports: null, memLimit: null, user: null, env: {}, storagePath: null };
  return {
    ...plain,
    isRunning: host?.running.includes(service.name) ?? false,
    lastSeen: host ? new Date(lastSeen).toISOString().replace('Z', '000') : null,
    lastSeenDelta: host ? (Date.now() - lastSeen) / 1000 : null,
    data: { ...empty, ...config, image },
  };
}

function heartbeat(store: AyonStore, request: AyonRequest): JsonObject {
  if (!isService(request.user)) {
    throw fault(403, 'Only services can send heartbeats');
  }
  const hostname = textIn(request.body, 'hostname');
  const { cpu = 0, mem = 0 } = objectOf(request.body['health']);
  const running = textsOf(request.body['services']);
  store.hosts.set(hostname, { lastSeen: Date.now(), running, health: { cpu, mem } });
  const due = [...store.services.values()].filter(
    (service) => service.hostname === hostname && service.shouldRun,
  );
  return { services: due.map((service) => serviceView(store, service)) };
}

function spawn(store: AyonStore, name: string, body: JsonObject): void {
  const service = {
    name,
    addonName: textIn(body, 'addonName'),
    addonVersion: textIn(body, 'addonVersion'),
    service: textIn(body, 'service'),
    hostname: textIn(body, 'hostname'),
    shouldRun: true,
    config: objectOf(body['config']),
  };
  const isOffered =
    service.addonName === 'ftrack' &&
    service.addonVersion === store.addonVersion &&
    OFFERED.includes(service.service);
  if (!isOffered) {
    throw fault(404, `Addon ${service.addonName} ${service.addonVersion} has no service ${service.service}`);
  }
  if (!store.hosts.has(service.hostname)) {
    const detail = `hostname '${service.hostname}' is not present in table "hosts".`;
    throw new AyonFault(500, { code: 409, error: 'foreign-key-violation', detail });
  }
  store.services.set(name, service);
}

/** Hosts that report in, and the services that they shall run. */
export function addServiceRoutes(add: AddRoute, store: AyonStore): void {
  const find = (request: AyonRequest): ServiceRecord => {
    if (!isManager(request.user)) {
      throw fault(403, 'You are not allowed to manage services');
    }
    const service = store.services.get(request.params['name'] ?? '');
    if (!service) {
      throw fault(404, 'Service not found');
    }
    return service;
  };
  add('POST', '/api/hosts/heartbeat', (request) => ({ json: heartbeat(store, request) }));
  add('GET', '/api/hosts', () => {
    const hosts = [...store.hosts].map(([name, { lastSeen, health }]) => {
      return { name, lastSeen: new Date(lastSeen).toISOString().replace('Z', '000+00:00'), health };
    });
    return { json: { hosts } };
  });
  add('GET', '/api/services', () => {
    return { json: { services: [...store.services.values()].map((service) => serviceView(store, service)) } };
  });
  add('PUT', '/api/services/:name', (request) => {
    if (!isManager(request.user)) {
      throw fault(403, 'You are not allowed to manage services');
    }
    spawn(store, request.params['name'] ?? '', request.body);
    return NO_CONTENT;
  });
  add('PATCH', '/api/services/:name', (request) => {
    const service = find(request);
    const { shouldRun, hostname, config } = request.body;
    service.shouldRun = typeof shouldRun === 'boolean' ? shouldRun : service.shouldRun;
    service.hostname = typeof hostname === 'string' ? hostname : service.hostname;
    service.config = { ...service.config, ...objectOf(config) };
    return NO_CONTENT;
  });
  add('DELETE', '/api/services/:name', (request) => {
    store.services.delete(find(request).name);
    return NO_CONTENT;
  });
}
