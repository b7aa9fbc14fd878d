import type { OptionSpec, OptionValues } from './options';

/** Where a simulator listens. */
export interface Place {
  readonly port: number;
  readonly host: string;
}

/** A simulator that runs. */
export interface Running {
  /** What another process needs, as `--json` prints it. */
  readonly ready: Readonly<Record<string, string>>;
  /** The same for people: names and values; the first is the headline. */
  readonly lines: readonly (readonly [string, string])[];
  stop(): Promise<void>;
}

/** How one kind of simulator is started from a command line. */
export interface SimulatorCommand {
  readonly what: string;
  /** Besides those that all have. */
  readonly options: readonly OptionSpec[];
  /** @throws UsageError for values that cannot be used */
  start(values: OptionValues, place: Place): Promise<Running>;
}
