import type { TemporalConfig } from '../../../../src/clients/temporal/connect';
import type { Asked, TemporalWatch } from '../../../../src/clients/temporal/watch';
import { watchTemporal } from '../../../../src/clients/temporal/watch';
import { until } from '../../../support/until';

const config: TemporalConfig = { address: 'temporal:7233', namespace: 'studio', connection: {} };
const AWAY = 'Temporal does not answer at temporal:7233; check TEMPORAL_ADDRESS and that the server runs.';

describe('watch over Temporal', () => {
  let failure: Error | undefined;
  let asked: string[];
  let held: Promise<void>;
  let watch: TemporalWatch;
  const changes: (string | undefined)[] = [];
  beforeEach(() => {
    failure = undefined;
    asked = [];
    held = Promise.resolve();
    changes.length = 0;
    const describeNamespace = async ({ namespace = '' }: { namespace?: string | null }): Promise<never> => {
      asked.push(String(namespace));
      await held;
      if (failure !== undefined) {
        throw failure;
      }
      return {} as never;
    };
    const connection = {
      withDeadline: <T>(_deadline: number, run: () => Promise<T>) => run(),
      workflowService: { describeNamespace },
    } as unknown as Asked;
    const timings = { every: 2, answer: 1_000 };
    watch = watchTemporal({ config, connection, timings, onChange: (problem) => changes.push(problem) });
  });
  afterEach(() => watch.stop());

  it('sees that Temporal went away and that it is back, and tells each once', async () => {
    await until(() => asked.length > 2);
    expect(watch.problem()).toBeUndefined();

    failure = Object.assign(new Error('14 UNAVAILABLE'), { code: 14 });
    await until(() => watch.problem() === AWAY);
    const seen = asked.length;
    await until(() => asked.length > seen + 2);
    failure = undefined;
    await until(() => watch.problem() === undefined);

    expect(changes).toEqual([AWAY, undefined]);
    expect(new Set(asked)).toEqual(new Set(['studio']));
  });

  it('hears no answer that comes after its stop', async () => {
    await until(() => asked.length > 1);
    let answer: () => void = () => undefined;
    held = new Promise((resolve) => {
      answer = resolve;
    });
    const seen = asked.length;
    await until(() => asked.length > seen);
    failure = new Error('away');
    watch.stop();
    answer();
    await held;
    await new Promise(setImmediate);

    expect(watch.problem()).toBeUndefined();
    expect(changes).toEqual([]);
  });
});
