/** What every section gets. */
export interface BenchContext {
  /** Path of the `temporal` binary. */
  readonly temporal: string;
}
