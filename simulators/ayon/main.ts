import { parseArgs } from 'node:util';
import { sampleStudio } from '../studio';
import { startAyonSimulator } from './index';

const USAGE = `Usage: tsx simulators/ayon/main.ts [--port N] [--api-key KEY] [--studio sample|empty] [--unpaired]
                                      [--cost none|real]

Starts a simulated AYON server on 127.0.0.1 and prints {"url","apiKey"} as one line when it is ready.
It runs until SIGTERM or SIGINT. With \`--cost real\` requests take as long as on a real server.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'api-key': { type: 'string' },
      studio: { type: 'string', default: 'sample' },
      cost: { type: 'string', default: 'none' },
      unpaired: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const apiKey = values['api-key'];
  const simulator = await startAyonSimulator({
    port: Number(values.port),
    paired: !values.unpaired,
    cost: values.cost === 'real' ? 'real' : 'none',
    ...(apiKey ? { apiKey } : {}),
    ...(values.studio === 'sample' ? { studio: sampleStudio() } : {}),
  });
  const stop = (): void => void simulator.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(`${JSON.stringify({ url: simulator.url, apiKey: simulator.apiKey })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`The AYON simulator could not start: ${String(error)}\n`);
  process.exitCode = 1;
});
