import { runSimulator } from '../command/run';

/** `tsx simulators/ftrack/main.ts`: what `ayon-ftrack simulate ftrack` does, without a build; see its --help. */
void runSimulator('ftrack', process.argv.slice(2)).then((code) => process.exit(code));
