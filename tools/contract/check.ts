import type { Expectation, Site } from './site';

/** One thing that our product relies on. */
export interface Check {
  readonly name: string;
  /** Why our product needs it so. */
  readonly why: string;
  /** @throws Differs, CannotRun, NoAnswer */
  readonly run: (site: Site) => Promise<unknown>;
}

export interface Group {
  readonly name: string;
  /** What it is about, for `--list`. */
  readonly title: string;
  readonly checks: readonly Check[];
}

/** Any error body of AYON with a code of its own. */
export const refusal = (code: number): Expectation => ({ status: code, body: { code } });
