import { readAnatomy } from '../anatomy-read';
import { anatomyView } from '../anatomy-view';
import { defaultAnatomy } from '../default-anatomy';
import { fault } from '../errors';
import type { JsonObject } from '../json';
import { objectOf } from '../json';
import type { AddRoute, AyonRequest } from '../request';
import { NO_CONTENT } from '../request';
import type { AyonStore } from '../store';
import { isManager } from '../users';

const PRESET_VERSION = '1.0.0';

/** Presets of anatomies, from which projects are made; `_` is the built-in one. */
export function addPresetRoutes(add: AddRoute, store: AyonStore): void {
  const change = (path: string, method: string, work: (name: string, request: AyonRequest) => void): void => {
    add(method, `/api/anatomy/presets/:name${path}`, (request) => {
      if (!isManager(request.user)) {
        throw fault(403, 'You need to be a manager to do this');
      }
      work(request.params['name'] ?? '', request);
      return NO_CONTENT;
    });
  };
  const find = (name: string): JsonObject => {
    const preset = store.anatomyPresets.get(name);
    if (!preset) {
      throw fault(404, `Anatomy preset ${name} not found`);
    }
    return preset;
  };
  add('GET', '/api/anatomy/presets', () => {
    const presets = [...store.anatomyPresets.keys()].map((name) => {
      return { name, primary: name === store.primaryPreset, version: PRESET_VERSION };
    });
    return { json: { version: PRESET_VERSION, presets } };
  });
  add('GET', '/api/anatomy/presets/:name', ({ params }) => {
    const { name = '' } = params;
    const isBuiltIn = name === '_' && store.primaryPreset === undefined;
    const preset = isBuiltIn ? {} : find(name === '_' ? (store.primaryPreset ?? '') : name);
    const anatomy = isBuiltIn ? defaultAnatomy() : readAnatomy(preset);
    return { json: anatomyView(anatomy, objectOf(preset['attributes']), store.attributes) };
  });
  change('', 'PUT', (name, { object }) => void store.anatomyPresets.set(name, object));
  change('', 'DELETE', (name) => {
    find(name);
    store.anatomyPresets.delete(name);
  });
  change('/primary', 'POST', (name) => {
    find(name);
    store.primaryPreset = name;
  });
  change('/primary', 'DELETE', () => {
    store.primaryPreset = undefined;
  });
}
