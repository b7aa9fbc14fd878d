/** Input of the workflow `leecher-lease`. */
export interface LeaseInput {
  readonly timeScale?: number;
  /** Where leechers wait for it; the product's own task queue unless a test needs another. */
  readonly taskQueue?: string;
}

/** One holding of the lease, as the server granted it. */
export interface LeaseGrant {
  /** Proves to the server who we are. */
  readonly token: Uint8Array;
  /** The server gives the lease to another after so long a silence, ms. */
  readonly timeoutMs: number;
}

/** The server's side of the lease. Everything that a method throws means that the server is not there. */
export interface LeaseServer {
  /** Makes sure that there is a lease. @returns who holds it at this moment, undefined when nobody does */
  look(): Promise<string | undefined>;
  /** Waits for the lease for some seconds. @returns undefined when others kept it */
  wait(signal: AbortSignal): Promise<LeaseGrant | undefined>;
  /** @returns false when the lease is no longer ours */
  beat(grant: LeaseGrant): Promise<boolean>;
  /** Lets the next one have it now. */
  handOver(grant: LeaseGrant): Promise<void>;
}
