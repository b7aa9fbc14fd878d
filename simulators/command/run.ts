import { ayonCommand } from './ayon';
import { ftrackCommand } from './ftrack';
import type { OptionSpec, OptionValues } from './options';
import { helpText, numberOption, readOptions, textOption, UsageError } from './options';
import type { Place, Running, SimulatorCommand } from './types';

const commands: Readonly<Record<string, SimulatorCommand>> = { ftrack: ftrackCommand, ayon: ayonCommand };

const everywhere: readonly OptionSpec[] = [
  { name: 'port', value: 'N', what: 'where to listen; 0 (default) takes a free port' },
  { name: 'host', value: 'H', what: 'address to listen on (default 127.0.0.1, for this machine only)' },
  { name: 'json', what: 'print one line of JSON for other programs' },
  { name: 'help', what: 'print this' },
];

const exit = { fine: 0, problem: 1, wrongUse: 2 } as const;

/** Faults of a start that the caller can put right, by the code of the system. */
const startFaults: Readonly<Record<string, (place: Place) => string>> = {
  EADDRINUSE: ({ port, host }) =>
    `Port ${port} of ${host} is in use; choose another one with --port, or 0 for any free one.`,
  EACCES: ({ port }) => `Port ${port} may not be opened by this user; choose one above 1023 with --port.`,
  EADDRNOTAVAIL: ({ host }) => `The address ${host} is none of this machine; correct --host.`,
  ENOTFOUND: ({ host }) => `The address ${host} is not known; correct --host.`,
  EAI_AGAIN: ({ host }) => `The address ${host} is not known; correct --host.`,
};

function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}

function show(lines: Running['lines']): string {
  const [[headline, address] = ['', ''], ...rest] = lines;
  const width = Math.max(...rest.map(([name]) => name.length)) + 2;
  const shown = rest.map(([name, value]) => `  ${name.padEnd(width)}${value}`);
  return `${[`${headline} ${address}`, ...shown, 'Stop it with Ctrl-C.'].join('\n')}\n`;
}

async function start(command: SimulatorCommand, values: OptionValues): Promise<Running> {
  const port = numberOption(values, 'port', { min: 0, max: 65_535 }) ?? 0;
  const place = { port, host: textOption(values, 'host') ?? '127.0.0.1' };
  try {
    return await command.start(values, place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fault = code === undefined ? undefined : startFaults[code];
    throw fault ? new UsageError(fault(place)) : error;
  }
}

/**
 * Runs a simulator until SIGINT or SIGTERM.
 *
 * @param kind `ftrack` or `ayon`
 * @returns exit code: 0 stopped, 1 a problem, 2 wrong use; why is told on standard error
 */
export async function runSimulator(kind: string, args: readonly string[]): Promise<number> {
  try {
    const command = Object.hasOwn(commands, kind) ? commands[kind] : undefined;
    if (!command) {
      const kinds = Object.keys(commands).join(' or ');
      throw new UsageError(`There is no simulator of ${JSON.stringify(kind)}; say ${kinds}.`);
    }
    const specs = [...command.options, ...everywhere];
    const values = readOptions(specs, args);
    if (values['help']) {
      process.stdout.write(helpText(`ayon-ftrack simulate ${kind}`, command.what, specs));
      return exit.fine;
    }
    const running = await start(command, values);
    const stopped = stopRequested();
    process.stdout.write(values['json'] ? `${JSON.stringify(running.ready)}\n` : show(running.lines));
    await stopped;
    await running.stop();
    return exit.fine;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? exit.wrongUse : exit.problem;
  }
}
