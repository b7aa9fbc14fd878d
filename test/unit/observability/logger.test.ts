import { Writable } from 'node:stream';
import type { Logger } from '../../../src/observability/logger';
import { createLogger, SECRET_FIELDS, withContext } from '../../../src/observability/logger';
import { temporalLogger } from '../../../src/observability/runtime';

type Line = Record<string, unknown>;

function recorder(): { logger: Logger; lines: Line[] } {
  const lines: Line[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as Line);
      done();
    },
  });
  return { logger: createLogger({ level: 'debug', service: 'leecher', destination }), lines };
}

test('a line has the time, the level as a word, the service and the facts', () => {
  const { logger, lines } = recorder();

  withContext(logger, { eventId: 'e1', projectId: 'p1' }).warn({ code: 'name-taken' }, 'event parked');

  expect(lines).toEqual([
    expect.objectContaining({
      level: 'warn',
      service: 'leecher',
      eventId: 'e1',
      projectId: 'p1',
      code: 'name-taken',
      msg: 'event parked',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    }),
  ]);
});

test.each(SECRET_FIELDS)('the value of %s is blanked out down to three levels', (field) => {
  const { logger, lines } = recorder();
  const secret = { [field]: 'hunter2' };

  logger.info({ ...secret, a: secret, b: { c: secret, d: { e: secret } } }, 'request failed');

  const text = JSON.stringify(lines);
  expect(text).not.toContain('hunter2');
  expect(text.split('[secret]')).toHaveLength(5);
});

test('an error is told by type, message, code and causes; the request that it carries is not', () => {
  const { logger, lines } = recorder();
  const cause = new Error('connect ECONNREFUSED');
  const error = Object.assign(new Error('request failed', { cause }), {
    code: 'ECONNREFUSED',
    config: { headers: { custom: 'hunter2' } },
  });

  logger.error({ err: error }, 'AYON does not answer');

  expect(lines[0]).toMatchObject({
    err: { type: 'Error', message: 'request failed', code: 'ECONNREFUSED', causes: ['connect ECONNREFUSED'] },
  });
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});

test("Temporal's lines keep their level and facts, their error becomes err", () => {
  const { logger, lines } = recorder();

  temporalLogger(logger).warn('Activity failed', { workflowId: 'ftrack-event/1', error: new Error('no') });
  temporalLogger(logger).trace('not shown at this level');

  expect(lines).toEqual([
    expect.objectContaining({ level: 'warn', msg: 'Activity failed', workflowId: 'ftrack-event/1' }),
  ]);
  expect(lines[0]).toMatchObject({ err: { message: 'no' } });
});

test("what Temporal's SDK says again and again is told once, whatever number or request it names", () => {
  const { logger, lines } = recorder();
  const temporal = temporalLogger(logger);
  const outage = (text: string): Error => Object.assign(new Error(text), { type: 'ayon-unreachable' });

  temporal.warn('gRPC call poll_workflow_task_queue retried 5 times');
  temporal.warn('gRPC call poll_workflow_task_queue retried 6 times');
  temporal.warn('Activity failed', { workflowId: 'one', error: outage('the projects') });
  temporal.warn('Activity failed', { workflowId: 'one', error: outage('the folders') });
  temporal.warn('Activity failed', { workflowId: 'two', error: outage('the folders') });
  temporal.info('Worker state changed');
  temporal.info('Worker state changed');

  expect(lines.map(({ msg, workflowId }) => [msg, workflowId])).toEqual([
    ['gRPC call poll_workflow_task_queue retried 5 times', undefined],
    ['Activity failed', 'one'],
    ['Activity failed', 'two'],
    ['Worker state changed', undefined],
    ['Worker state changed', undefined],
  ]);
});
