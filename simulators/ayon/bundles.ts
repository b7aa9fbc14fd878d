import type { AyonClock } from './clock';
import { fault } from './errors';
import type { Json, JsonObject } from './json';
import { isObject, objectOf } from './json';

/** The versions of core that the recorded answers come from, and the bundle that a fresh simulator has. */
export const CORE_VERSION = '1.9.7+dev';
const FIRST_BUNDLE = 'ftrack-test';

const NAME = /^[a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?$/;

/** A set of addon versions; at most one is in production and one in staging. */
export interface BundleRecord {
  readonly name: string;
  readonly createdAt: string;
  addons: JsonObject;
  installerVersion: string | null;
  dependencyPackages: JsonObject;
  addonDevelopment: JsonObject;
  isProduction: boolean;
  isStaging: boolean;
  isArchived: boolean;
  isDev: boolean;
  readonly isProject: false;
  activeUser: string | null;
}

function textIn(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The bundles of a server. */
export class Bundles {
  readonly #clock: AyonClock;
  readonly #bundles = new Map<string, BundleRecord>();

  constructor(clock: AyonClock, addonVersion: string) {
    this.#clock = clock;
    const addons = { core: CORE_VERSION, ftrack: addonVersion };
    this.create({
      name: FIRST_BUNDLE,
      addons,
      installerVersion: '1.6.0',
      isProduction: true,
      isStaging: true,
    });
  }

  /**
   * Adds a bundle; `force` skips the check that it has a launcher.
   * @throws AyonFault 400, 409
   */
  create(given: JsonObject, force = false): BundleRecord {
    const { name } = given;
    if (typeof name !== 'string' || !NAME.test(name)) {
      throw fault(400, 'A bundle needs a name of letters, digits, dots, dashes and underscores');
    }
    if (this.#bundles.has(name)) {
      throw fault(409, 'Bundle already exists');
    }
    const installerVersion = textIn(given['installerVersion']);
    if (installerVersion === null && !force) {
      throw fault(400, 'Launcher is required');
    }
    const bundle: BundleRecord = {
      name,
      createdAt: this.#clock.now(),
      addons: objectOf(given['addons']),
      installerVersion,
      dependencyPackages: objectOf(given['dependencyPackages']),
      addonDevelopment: objectOf(given['addonDevelopment']),
      isProduction: false,
      isStaging: false,
      isArchived: false,
      isDev: false,
      isProject: false,
      activeUser: textIn(given['activeUser']),
    };
    this.#bundles.set(name, bundle);
    this.#setFlags(bundle, given);
    return bundle;
  }

  /** @throws AyonFault 404 */
  patch(name: string, given: JsonObject): BundleRecord {
    const bundle = this.find(name);
    const { addons, installerVersion } = given;
    bundle.addons = isObject(addons) ? { ...bundle.addons, ...addons } : bundle.addons;
    bundle.installerVersion = textIn(installerVersion) ?? bundle.installerVersion;
    this.#setFlags(bundle, given);
    return bundle;
  }

  remove(name: string): void {
    this.#bundles.delete(this.find(name).name);
  }

  /** @throws AyonFault 404 */
  find(name: string): BundleRecord {
    const bundle = this.#bundles.get(name);
    if (!bundle) {
      throw fault(404, 'Bundle not found');
    }
    return bundle;
  }

  /** The bundle of `production`, `staging` or, by its name, a bundle for development. */
  ofVariant(variant: string): BundleRecord | undefined {
    return this.list().find(
      ({ name, isProduction, isStaging, isDev }) =>
        (variant === 'production' && isProduction) ||
        (variant === 'staging' && isStaging) ||
        (isDev && variant === name),
    );
  }

  /** Oldest first. */
  list(): BundleRecord[] {
    return [...this.#bundles.values()];
  }

  /** `GET /api/bundles`. */
  view(withArchived: boolean): JsonObject {
    const shown = this.list().filter(({ isArchived }) => withArchived || !isArchived);
    return {
      bundles: shown.map((bundle) => ({ ...bundle })),
      productionBundle: this.ofVariant('production')?.name ?? null,
      stagingBundle: this.ofVariant('staging')?.name ?? null,
      devBundles: shown.filter(({ isDev }) => isDev).map(({ name }) => name),
    };
  }

  #setFlags(bundle: BundleRecord, given: JsonObject): void {
    for (const flag of ['isProduction', 'isStaging'] as const) {
      if (given[flag] === true) {
        for (const other of this.list()) {
          other[flag] = other === bundle;
        }
      } else if (given[flag] === false) {
        bundle[flag] = false;
      }
    }
    for (const flag of ['isArchived', 'isDev'] as const) {
      bundle[flag] = typeof given[flag] === 'boolean' ? given[flag] : bundle[flag];
    }
  }
}
