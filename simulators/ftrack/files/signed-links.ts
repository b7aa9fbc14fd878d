import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a signed link is worth: `expired` and `forged` are refused with 403. */
export type LinkState = 'valid' | 'expired' | 'forged';

const signatureName = 'signature';
const expiryName = 'expires';
/** Clients may ask for another size of a thumbnail. */
const openName = 'size';

/** Addresses on the own host that carry their permission with them, for a limited time, and cannot be changed. */
export class SignedLinks {
  private readonly secret = randomBytes(32);
  private readonly now: () => number;
  private readonly baseUrl: () => string;

  /** @param options.now milliseconds since the epoch */
  constructor(options: { now: () => number; baseUrl: () => string }) {
    this.now = options.now;
    this.baseUrl = options.baseUrl;
  }

  /** The host as the client knows it, else as the server calls itself; without a trailing slash. */
  origin(origin: string | undefined): string {
    return origin ?? this.baseUrl();
  }

  /** @param link.origin base address under which the client reached the server */
  sign(link: {
    origin: string | undefined;
    path: string;
    query: Readonly<Record<string, string>>;
    validMs: number;
  }): string {
    const expires = String(this.now() + link.validMs);
    const query = new URLSearchParams({ ...link.query, [expiryName]: expires });
    query.set(signatureName, this.signature(link.path, query));
    return `${this.origin(link.origin)}${link.path}?${query.toString()}`;
  }

  check(path: string, query: URLSearchParams): LinkState {
    const given = Buffer.from(query.get(signatureName) ?? '');
    const expected = Buffer.from(this.signature(path, query));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return 'forged';
    }
    return Number(query.get(expiryName)) < this.now() ? 'expired' : 'valid';
  }

  /** Whether a request brings a signature at all. */
  static isSigned(query: URLSearchParams): boolean {
    return query.has(signatureName);
  }

  private signature(path: string, query: URLSearchParams): string {
    const signed = [...query].filter(([name]) => name !== signatureName && name !== openName);
    return createHmac('sha256', this.secret)
      .update(JSON.stringify([path, signed]))
      .digest('hex');
  }
}
