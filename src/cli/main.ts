#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { keepHeapSmall } from './heap';
import { EXIT } from './service';
import { packageVersion } from './version';

/**
 * Each command loads its code when it runs: the native part of Temporal's worker is not for the leecher.
 * Ends with 0 when all is fine, 1 when a problem was found, 2 when it was used wrongly (arguments, settings).
 */
async function main(args: readonly string[]): Promise<number> {
  if (args[0] !== 'simulate') {
    // A simulator keeps a whole studio in memory: what spares a service would only slow it down.
    keepHeapSmall();
  }
  let code: number = EXIT.fine;
  const program = new Command('ayon-ftrack')
    .description('Keeps ftrack and AYON in step, durably')
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('Run ayon-ftrack --help to see the commands.');
  program
    .command('leech')
    .description('listen to ftrack and hand every event to Temporal, or to the spool while it is away')
    .action(async () => {
      const { leechEvents } = await import('./leech.js');
      code = await leechEvents();
    });
  program
    .command('process')
    .description('run the workflows and activities that apply ftrack events to AYON')
    .action(async () => {
      const { processEvents } = await import('./process.js');
      code = await processEvents();
    });
  program
    .command('simulate')
    .description('run a simulated ftrack or AYON (for developers); see simulate ftrack --help')
    .argument('<system>', 'ftrack or ayon')
    .argument('[options...]', 'read by the simulator')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (system: string, options: string[]) => {
      const { simulate } = await import('./simulate.js');
      code = await simulate(system, options);
    });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.fine : EXIT.wrongUse;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.problem;
  }
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
