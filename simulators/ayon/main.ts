import { runSimulator } from '../command/run';

/** `tsx simulators/ayon/main.ts`: what `ayon-ftrack simulate ayon` does, without a build; see its --help. */
void runSimulator('ayon', process.argv.slice(2)).then((code) => process.exit(code));
