import { z } from 'zod';
import { addonDefaults } from '../addon-settings';
import type { AttributeDefinition } from '../attributes';
import { ATTRIBUTE_SCOPES, ATTRIBUTE_TYPES } from '../attributes';
import { CORE_VERSION } from '../bundles';
import type { Issue } from '../errors';
import { fault, invalidRequest, missingIssue, patternIssue, unhandled } from '../errors';
import type { Json, JsonObject } from '../json';
import { entryOf, isObject, sameJson } from '../json';
import type { AddRoute, AyonRequest } from '../request';
import { NO_CONTENT } from '../request';
import type { AyonStore } from '../store';
import { isManager } from '../users';

/** The server version that the recorded answers come from. */
const SERVER_VERSION = '1.16.0+DEVELOP';

function requireManager(request: AyonRequest): void {
  if (!isManager(request.user)) {
    throw fault(403, 'You are not allowed to do this');
  }
}

/** What differs from the defaults, as a settings summary shows it. */
function changedSettings(current: JsonObject, standard: JsonObject): JsonObject {
  const changed: JsonObject = {};
  for (const [key, value] of Object.entries(current)) {
    const old = standard[key];
    if (isObject(value) && isObject(old)) {
      const below = changedSettings(value, old);
      if (Object.keys(below).length > 0) {
        changed[key] = below;
      }
    } else if (!sameJson(value, old)) {
      changed[key] = value;
    }
  }
  return changed;
}

/** `production`, `staging` or a bundle for development. */
function variantOf(request: AyonRequest): string {
  return request.query.get('variant') ?? 'production';
}

/** The addon's settings of a variant; each bundle for development has its own. */
function settingsOf(store: AyonStore, variant: string): JsonObject {
  const known = entryOf(store.addonSettings, variant);
  if (known) {
    return known;
  }
  if (!store.bundles.ofVariant(variant)) {
    throw fault(404, 'Bundle not found');
  }
  const fresh = addonDefaults();
  store.addonSettings[variant] = fresh;
  return fresh;
}

function kindOf(value: Json | undefined): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

/** Complaints about settings whose kind of value differs from what the addon ships. */
function settingIssues(given: JsonObject, standard: JsonObject, loc: string[]): Issue[] {
  return Object.entries(standard).flatMap(([key, old]) => {
    const value = given[key];
    if (value === undefined || old === null) {
      return [];
    }
    if (kindOf(value) !== kindOf(old)) {
      const kind = kindOf(old);
      return [{ loc: [...loc, key], msg: `value is not a valid ${kind}`, type: `type_error.${kind}` }];
    }
    return isObject(value) && isObject(old) ? settingIssues(value, old, [...loc, key]) : [];
  });
}

function settingsRow(name: string, version: string, settings: JsonObject): JsonObject {
  return {
    name,
    version,
    title: name === 'core' ? 'Core' : name,
    hasSettings: true,
    hasProjectSettings: true,
    hasProjectSiteSettings: false,
    hasSiteSettings: false,
    settings,
    siteSettings: {},
    isBroken: false,
    isProjectBundle: false,
  };
}

function allSettings(store: AyonStore, request: AyonRequest): JsonObject {
  const variant = variantOf(request);
  const bundle = store.bundles.ofVariant(variant);
  if (!bundle) {
    throw fault(404, 'Bundle not found');
  }
  const current = settingsOf(store, variant);
  const summary = request.query.get('summary') === 'true';
  const settings = summary ? changedSettings(current, addonDefaults()) : current;
  const projectName = request.query.get('project_name');
  return {
    ...(projectName === null ? {} : { projectName: store.project(projectName).name }),
    bundleName: bundle.name,
    addons: [settingsRow('core', CORE_VERSION, {}), settingsRow('ftrack', store.addonVersion, settings)],
    inheritedAddons: [],
  };
}

function addonRow(name: string, version: string): JsonObject {
  const isCore = name === 'core';
  const flags = { hasSettings: true, hasSiteSettings: false, frontendScopes: {}, isBroken: false };
  return {
    name,
    title: isCore ? 'Core' : name,
    versions: { [version]: { ...flags, projectCanOverrideAddonVersion: isCore } },
    description: '',
    productionVersion: version,
    stagingVersion: version,
    addonType: 'pipeline',
    system: false,
    projectCanOverrideAddonVersion: isCore,
  };
}

function addAddonRoutes(add: AddRoute, store: AyonStore): void {
  const requireAddon = ({ params }: AyonRequest): void => {
    if (params['addon'] !== 'ftrack' || params['version'] !== store.addonVersion) {
      throw fault(404, `Addon ${params['addon']} ${params['version']} not found`);
    }
  };
  add('GET', '/api/addons', () => {
    const addons = [addonRow('core', CORE_VERSION), addonRow('ftrack', store.addonVersion)];
    return { json: { addons } };
  });
  add('GET', '/api/addons/:addon/:version/settings', (request) => {
    requireAddon(request);
    return { json: settingsOf(store, variantOf(request)) };
  });
  add('GET', '/api/addons/:addon/:version/settings/:project', (request) => {
    requireAddon(request);
    store.project(request.params['project'] ?? '');
    return { json: settingsOf(store, variantOf(request)) };
  });
  add('POST', '/api/addons/:addon/:version/settings', (request) => {
    requireAddon(request);
    requireManager(request);
    const variant = variantOf(request);
    const originalValue = settingsOf(store, variant);
    const given = request.object;
    const issues = settingIssues(given, addonDefaults(), ['body']);
    if (issues.length > 0) {
      throw invalidRequest(request, issues);
    }
    const newValue = { ...addonDefaults(), ...given };
    store.addonSettings[variant] = newValue;
    const summary = { addon_name: 'ftrack', addon_version: store.addonVersion, variant };
    const payload = { originalValue, newValue };
    store.events.add({ topic: 'settings.changed', summary, payload }, request.origin);
    return NO_CONTENT;
  });
  add('GET', '/api/addons/:addon/:version/customProcessorHandlers', (request) => {
    requireAddon(request);
    if (!store.bundles.ofVariant('production')) {
      throw unhandled("AttributeError: 'NoneType' object has no attribute 'addons'");
    }
    return { json: { custom_handlers: [] } };
  });
  add('GET', '/api/addons/:addon/:version/ftrackProjects', (request) => {
    requireAddon(request);
    throw unhandled("TypeError: _prepare_ftrack_session() missing 1 required argument: 'settings_model'");
  });
}

function addSecretRoutes(add: AddRoute, store: AyonStore): void {
  const find = (name: string): { name: string; value: string } => {
    const value = store.secrets.get(name);
    if (value === undefined) {
      throw fault(404, 'Secret not found');
    }
    return { name, value };
  };
  add('GET', '/api/secrets', (request) => {
    requireManager(request);
    const names = [...store.secrets.keys()].filter((name) => !name.startsWith('_'));
    return { json: names.map((name) => ({ ...find(name) })) };
  });
  add('GET', '/api/secrets/:name', (request) => {
    requireManager(request);
    return { json: { ...find(request.params['name'] ?? '') } };
  });
  add('PUT', '/api/secrets/:name', (request) => {
    requireManager(request);
    const { value } = request.body;
    store.secrets.set(request.params['name'] ?? '', typeof value === 'string' ? value : '');
    return NO_CONTENT;
  });
  add('DELETE', '/api/secrets/:name', (request) => {
    requireManager(request);
    store.secrets.delete(request.params['name'] ?? '');
    return NO_CONTENT;
  });
}

const ATTRIBUTE_NAME = '^[a-zA-Z0-9]{2,64}$';

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

const Definition = z.object({
  position: z.number().int(),
  scope: z.array(z.enum(ATTRIBUTE_SCOPES)).default([]),
  data: z.looseObject({
    type: z.enum(ATTRIBUTE_TYPES).default('string'),
    inherit: z.boolean().default(true),
    regex: z.string().refine(isPattern, 'invalid regular expression').nullish(),
  }),
});

function readDefinition(request: AyonRequest): AttributeDefinition {
  const name = request.params['name'] ?? '';
  if (!new RegExp(ATTRIBUTE_NAME).test(name)) {
    throw invalidRequest(request, [patternIssue(['path', 'attribute_name'], ATTRIBUTE_NAME)]);
  }
  const missing = ['position', 'data'].filter((key) => request.body[key] === undefined);
  const parsed = Definition.safeParse(request.body);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => {
      const loc = ['body', ...path.map(String)];
      return missing.includes(path.join('.'))
        ? missingIssue(loc)
        : { loc, msg: message, type: 'value_error' };
    });
    throw invalidRequest(request, issues);
  }
  const { position, scope, data } = parsed.data;
  return {
    name,
    position,
    scope,
    data: { default: null, ...data } as AttributeDefinition['data'],
    builtin: false,
  };
}

function addAttributeRoutes(add: AddRoute, store: AyonStore): void {
  add('GET', '/api/attributes', () => {
    const attributes = [...store.attributes.values()].map((attribute) => ({ ...attribute }) as Json);
    return { json: { attributes } };
  });
  add('PUT', '/api/attributes/:name', (request) => {
    requireManager(request);
    store.defineAttribute(readDefinition(request));
    return NO_CONTENT;
  });
  add('GET', '/api/system/restartRequired', () => {
    const reason = 'Attributes were changed';
    return { json: store.restartRequired ? { required: true, reason } : { required: false, reason: null } };
  });
  add('POST', '/api/system/restart', (request) => {
    requireManager(request);
    store.restart();
    return NO_CONTENT;
  });
}

/** Attributes, addons and their settings, secrets. */
export function addSystemRoutes(add: AddRoute, store: AyonStore): void {
  addAttributeRoutes(add, store);
  addAddonRoutes(add, store);
  addSecretRoutes(add, store);
  add('GET', '/api/settings', (request) => ({ json: allSettings(store, request) }));
}

/** `GET /api/info`; people without a key get it, too. */
export function serverInfo(store: AyonStore): JsonObject {
  const uptime = Math.round((Date.now() - store.startedAt) / 1000);
  return { version: SERVER_VERSION, uptime, disableFeedback: true, offlineMode: true };
}
