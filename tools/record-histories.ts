/**
 * Records the histories that every later release must still replay, into test/histories/<version>/:
 * `parked` (an open event that waits for a person), `waiting` (woken by its delay, enrolled, no turn yet),
 * `mid-turn` (a step is running), `queue` (a queue that granted, parked, was paused and rebuilt, and whose holder took
 * others along), `covered` (one of these), `gap-fill` and `lease`.
 * Run once per release: `npx tsx tools/record-histories.ts`. Refuses to overwrite.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { version } from '../package.json';
import { findTemporal } from '../src/clients/temporal/find';
import { startDevServer } from '../src/clients/temporal/server';
import type { FtrackEvent } from '../src/contracts/messages';
import { LEASE_ID, SIGNAL, WORKFLOW } from '../src/contracts/names';
import { failure } from '../src/errors';
import type { Core } from '../test/support/core';
import { latch, newProject, startCore } from '../test/support/core';
import { eventually } from '../test/support/eventually';
import { sharedTemporal } from '../test/support/temporal';

const folder = path.join(__dirname, '../test/histories', version);

/** As the command line writes it, which is what an operator would send us. */
function save(name: string, { workflowId }: WorkflowHandle): void {
  const { address, binary } = sharedTemporal();
  const json = ['workflow', 'show', '--workflow-id', workflowId, '--output', 'json'];
  const history = execFileSync(binary, [...json, '--address', address], { encoding: 'utf8' });
  // Stack traces name folders of the machine that recorded them.
  const neutral = history.replaceAll(path.join(__dirname, '..'), '.');
  writeFileSync(path.join(folder, `${name}.json`), neutral);
  console.log(`recorded ${version}/${name}.json`);
}

async function record(core: Core): Promise<void> {
  const project = newProject();
  const [applied, parked, running, waiting] = [core.event(), core.event(), core.event(), core.event()];
  const gate = latch();
  core.on(parked.id, () => {
    throw failure('name-empty', 'Shot "   " has no letters that AYON allows; give it a name.');
  });
  core.on(running.id, () => gate.opened);
  await core.deliver(project, applied, parked);
  await core.untilStanding(parked, 'running parked');
  await core.handle(parked).executeUpdate('retry');
  await eventually('the second try', () => core.of(parked.id).length === 2);
  await core.untilStanding(parked, 'running parked');
  await core.deliver(project, running);
  await eventually('the step to run', () => core.of(running.id).length === 1);
  await core.start(project, waiting, { startDelay: 100 });
  await eventually('the enrolment', async () => (await core.view(project)).queued === 1);
  save('parked', core.handle(parked));
  save('mid-turn', core.handle(running));
  save('waiting', core.handle(waiting));
  await core.queue(project).executeUpdate('pause');
  await core.queue(project).executeUpdate('resume');
  gate.open();
  await core.untilStanding(waiting, 'completed applied');
  const mended = core.event({ entities: parked.entities });
  await core.deliver(project, mended);
  await core.untilStanding(parked, 'completed superseded');
  const covered = await group(core, project);
  save('queue', core.queue(project));
  save('covered', core.handle(covered));
  save('gap-fill', await gapFill(core));
  save('lease', await lease(core));
}

/** @returns one of the events that the holder of a turn took along. */
async function group(core: Core, project: string): Promise<FtrackEvent> {
  const events = Array.from({ length: 5 }, () => core.event());
  const last = events.at(-1) ?? core.event();
  await core.queue(project).executeUpdate('pause');
  await core.deliver(project, ...events);
  await eventually('the backlog', async () => (await core.view(project)).queued === events.length);
  await core.queue(project).executeUpdate('resume');
  await core.untilStanding(last, 'completed applied');
  return last;
}

/** A gap fill that looked twice, heard a leecher twice, and met an outage of ftrack's log. */
async function gapFill(core: Core): Promise<WorkflowHandle> {
  const handle = await core.startGapFill();
  await eventually('the first look', () => core.sweeps.length === 1);
  await handle.signal(SIGNAL.vouch, { leecher: 'a', from: 1000, to: 2000, pending: false });
  await eventually('the second look', () => core.sweeps.length === 2);
  core.onSweep = () => {
    throw failure('ftrack-rejected', 'ftrack does not know Event.');
  };
  await handle.signal(SIGNAL.vouch, { leecher: 'a', from: 3000, to: 3500, pending: true });
  await eventually('the third look', () => core.sweeps.length === 3);
  return handle;
}

/** The lease as it stays for months: its activity is offered or held, of which the history knows nothing. */
async function lease({ client, taskQueue }: Core): Promise<WorkflowHandle> {
  const handle = await client.workflow.start(WORKFLOW.lease, { workflowId: LEASE_ID, taskQueue, args: [{}] });
  await eventually(
    'the lease to be offered',
    async () => (await handle.describe()).raw.pendingActivities?.length === 1,
  );
  return handle;
}

async function main(): Promise<void> {
  if (existsSync(folder)) {
    throw new Error(`test/histories/${version} exists: histories of a release are never recorded again.`);
  }
  const { file } = await findTemporal({ env: process.env });
  const server = await startDevServer({ file });
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'ayon-ftrack-record-'));
  const note = path.join(scratch, 'temporal.json');
  writeFileSync(note, JSON.stringify({ address: server.address, pid: server.pid, binary: file }));
  process.env['AYON_FTRACK_TEST_TEMPORAL'] = note;
  mkdirSync(folder, { recursive: true });
  const core = await startCore({ groups: true });
  await record(core);
  await core.close();
  await server.stop();
  rmSync(scratch, { recursive: true });
}

void main();
