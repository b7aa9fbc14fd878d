import { parseArgs } from 'node:util';
import { generateStudio, sampleStudio } from '../studio';
import { startFtrackSimulator } from './index';

/** `tsx simulators/ftrack/main.ts [--port N] [--host H] [--entities N] [--seed N]`: runs until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      entities: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  const studio =
    values.entities === undefined
      ? sampleStudio()
      : generateStudio({
          projects: 2,
          entitiesPerProject: Math.ceil(Number(values.entities) / 2),
          seed: Number(values.seed),
        });
  const simulator = await startFtrackSimulator({ port: Number(values.port), host: values.host, studio });
  const ready = {
    url: simulator.url,
    user: simulator.user,
    key: simulator.key,
    controlUrl: `${simulator.url}/_simulator`,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  await simulator.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
