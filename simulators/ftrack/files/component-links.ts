import type { SignedLinks } from './signed-links';

/** Path on the own host of each thing that can be done with a component's file. */
export const componentPaths = {
  upload: '/component/upload',
  get: '/component/get',
  thumbnail: '/component/thumbnail',
  remove: '/component/remove',
  /** The picture for entities without one; the JavaScript client knows this path. */
  placeholder: '/img/thumbnail2.png',
} as const;

/** How long the addresses of computed attributes hold. */
const linkValidMs = 24 * 3_600_000;

/** Addresses under which a component can be read without credentials. */
export class ComponentLinks {
  private readonly links: SignedLinks;
  private readonly origin: string | undefined;

  /** @param origin base address under which the client reached the server */
  constructor(links: SignedLinks, origin: string | undefined) {
    this.links = links;
    this.origin = origin;
  }

  file(componentId: string): string {
    return this.sign(componentPaths.get, componentId);
  }

  /** @param componentId null for an entity without a thumbnail */
  thumbnail(componentId: string | null): string {
    return componentId === null
      ? `${this.links.origin(this.origin)}${componentPaths.placeholder}`
      : this.sign(componentPaths.thumbnail, componentId);
  }

  private sign(path: string, id: string): string {
    return this.links.sign({ origin: this.origin, path, query: { id }, validMs: linkValidMs });
  }
}
