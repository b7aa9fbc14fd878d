import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { EXIT } from './service';

/** What the simulators offer to a command line; they are built apart and loaded by their path at run time. */
interface SimulatorRunner {
  runSimulator(kind: string, args: readonly string[]): Promise<number>;
}

/**
 * Runs `simulate ftrack` or `simulate ayon` until a signal ends it.
 * @param args the arguments after the kind, read by the simulator itself
 * @returns an exit code; why it cannot run is told on standard error
 */
export async function simulate(kind: string, args: readonly string[]): Promise<number> {
  const file = runnerFile();
  if (!existsSync(file)) {
    process.stderr.write(
      'The simulators are not part of this installation (images leave them out); run this in a clone of the repository after `npm ci` and `npm run build`.\n',
    );
    return EXIT.wrongUse;
  }
  const runner = await load(file);
  if (typeof runner === 'string') {
    process.stderr.write(
      `The simulators need the package "${runner}", which this installation leaves out; run \`npm ci\` with development packages.\n`,
    );
    return EXIT.wrongUse;
  }
  return runner.runSimulator(kind, args);
}

/** @returns the simulators, or the name of the package that they lack */
async function load(file: string): Promise<SimulatorRunner | string> {
  try {
    return (await import(pathToFileURL(file).href)) as SimulatorRunner;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
    const name = isMissing ? /'([^'./][^']*)'/.exec(message)?.[1] : undefined;
    if (name === undefined) {
      throw error;
    }
    return name;
  }
}

/** Beside our own build or, when the sources run as they are, beside `src`. */
function runnerFile(): string {
  return path.extname(__filename) === '.ts'
    ? path.resolve(__dirname, '..', '..', 'simulators', 'command', 'run.ts')
    : path.resolve(__dirname, '..', 'simulators', 'command', 'run.js');
}
