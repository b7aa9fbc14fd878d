import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FtrackSimulator, Hand } from '../../../simulators/ftrack';
import { startFtrackSimulator } from '../../../simulators/ftrack';
import { asText } from '../../../simulators/ftrack/values';
import { Browser, findChromium } from '../../support/chromium';
import { until } from '../../support/until';
import type { HubMessage } from './hub-client';
import { connectRaw } from './hub-client';

const chromium = findChromium();
if (chromium === undefined) {
  process.stderr.write(
    'There is no Chromium here (CHROMIUM names one): the view is not tested in a browser.\n',
  );
}

const pictures = path.join(tmpdir(), 'simulated-ftrack-view');
const sly = '<script>window.stolen = 1</script><img src=x onerror="window.stolen = 1">';

/** One item of each type that a form can have. */
const form = {
  title: 'Publish **now**',
  submit_button_label: 'Go',
  items: [
    { type: 'label', value: `## What shall be *published*?\n${sly}` },
    { type: 'text', name: 'title', label: 'Title', value: 'draft', empty_text: 'how it is called' },
    { type: 'textarea', name: 'why', label: 'Why' },
    { type: 'number', name: 'frames', label: 'Frames', value: 12 },
    { type: 'date', name: 'due', label: 'Due', value: '2026-03-01T00:00:00' },
    { type: 'boolean', name: 'notify', label: 'Notify', value: true },
    {
      type: 'enumerator',
      name: 'format',
      label: 'Format',
      data: [
        { label: 'EXR', value: 1 },
        { label: 'DPX', value: 2 },
      ],
      value: 2,
    },
    {
      type: 'enumerator',
      name: 'sites',
      label: 'Sites',
      multi_select: true,
      data: [
        { label: 'Köln', value: 'k' },
        { label: 'Wien', value: 'w' },
      ],
      value: ['w'],
    },
    { type: 'text', name: 'tag', label: 'Tags', value: 'a' },
    { type: 'text', name: 'tag', label: '', value: 'b' },
    { type: 'hidden', name: 'step', value: 3 },
  ],
};

(chromium === undefined ? describe.skip : describe)('the view in a browser', () => {
  let simulator: FtrackSimulator;
  let browser: Browser;
  let bob: Hand;

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    simulator = await startFtrackSimulator();
    bob = simulator.as('bob');
    browser = await Browser.start(chromium ?? '');
    await browser.open(`${simulator.url}/`);
    await browser.until('document.querySelector("#projects") && document.querySelector("#tree a")');
  });

  afterAll(async () => {
    await browser?.close();
    await simulator?.close();
  });

  const picture = async (name: string): Promise<void> => {
    const file = path.join(pictures, `${name}.png`);
    await browser.screenshot(file);
    expect(statSync(file).size).toBeGreaterThan(5_000);
  };
  const statusOf = (id: string): unknown =>
    simulator.store.find('Status', asText(bob.entity(id).data['status_id']))?.data['name'];
  const shows = (selector: string, text: string): Promise<void> =>
    browser.until(`document.querySelector('${selector}')?.innerText.includes(${JSON.stringify(text)})`);
  const openEntity = async (entityPath: string): Promise<string> => {
    const { id, data } = bob.findByPath(entityPath);
    await browser.evaluate(`location.hash = '#/${id}'`);
    await shows('#content h2', asText(data['name']));
    return id;
  };

  test('lists the projects, and opens the tree level by level, by mouse and by keyboard', async () => {
    await shows('#projects', 'Nordlicht Werbespot');
    expect(await browser.text('#tree')).toMatch(/nordlicht\s+Project\s+▸\s+weisser_wal/);
    await picture('projects');

    await browser.click('#tree .toggle[aria-label$=nordlicht]');
    await shows('#tree', 'sq010');
    expect(await browser.text('#tree')).not.toContain('sh010');
    await browser.click('#tree .toggle[aria-label$=sq010]');
    await shows('#tree', 'sh010');
    await browser.evaluate(
      `[...document.querySelectorAll('#tree a')].find((a) => a.innerText.includes('sh010')).focus()`,
    );
    await browser.press('ArrowDown');
    expect(await browser.evaluate('document.activeElement.innerText')).toContain('sh020');
    await browser.press('ArrowLeft');
    expect(await browser.evaluate('document.activeElement.innerText')).toContain('sq010');
    await browser.press('ArrowLeft');
    await browser.until(`!document.querySelector('#tree').innerText.includes('sh010')`);
  });

  test('an entity found by its name shows its status; a click changes it, and the event appears', async () => {
    const { id } = bob.findByPath('nordlicht/sq010/sh010');
    await browser.fill('#search-text', 'nordlicht sq010 sh010');
    await browser.click('#found a');
    await shows('#content h2', 'sh010');
    await browser.until(`document.querySelector('.statuses button')`);
    await browser.evaluate(
      `[...document.querySelectorAll('.statuses button')].find((each) => each.innerText === 'Pending Review').focus()`,
    );
    await browser.press('Enter');
    await shows('#status', 'Pending Review');
    expect(await browser.evaluate('document.activeElement.innerText')).toBe('Pending Review');
    await shows('#tail', 'statusid → Pending Review');
    await shows('#history', 'change.status.task');

    expect(statusOf(id)).toBe('Pending Review');
    expect(await browser.text('#tail li .who')).toBe('bob');
    expect(await browser.text('#tree [aria-current]')).toContain('sh010');
    await browser.until(
      `document.querySelector('#tree [aria-current]').title === 'Shot sh010: Pending Review'`,
    );
    await picture('entity');
  });

  test('what somebody else does shows at once, but not while somebody types', async () => {
    const id = await openEntity('nordlicht/sq010/sh020');
    simulator.as('aicha').setStatus(id, 'Omitted');
    await shows('#status', 'Omitted');
    await browser.evaluate(`document.querySelector('[name=description]').focus()`);
    await browser.fill('[name=description]', 'half a sent');

    simulator.as('aicha').setStatus(id, 'Approved');
    await shows('#tail', 'statusid → Approved');
    await browser.until(`document.querySelector('#tree [aria-current]').title.includes('Approved')`);

    expect(await browser.evaluate(`document.querySelector('[name=description]').value`)).toBe('half a sent');
    await browser.evaluate(`document.activeElement.blur()`);
    await shows('#status', 'Approved');
    expect(await browser.text('#tail .who')).toBe('aicha');
  });

  test('names, descriptions and notes with markup are shown as text', async () => {
    const id = await openEntity('nordlicht/sq020/sh010');
    bob.update(id, { name: sly, description: sly });
    bob.addNote(id, sly);
    await shows('#notes', sly);
    await shows('#tree', sly);
    await shows('#tail', sly);
    await picture('events');

    expect(await browser.text('#content h2')).toContain(sly);
    expect(await browser.evaluate(`document.querySelectorAll('img[src=x], body script').length`)).toBe(0);
    expect(await browser.evaluate('window.stolen === undefined')).toBe(true);
    bob.rename(id, 'sh010');
  });

  test('rename, describe, assign, set and reset a custom attribute, create below and delete', async () => {
    const id = await openEntity('nordlicht/sq020/sh020');
    await browser.click('#content button', 'Rename');
    await browser.fill('dialog [name=name]', 'sh025');
    await browser.click('dialog button[type=submit]');
    await shows('#content h2', 'sh025');
    await browser.fill('[name=description]', 'Rain');
    await browser.click('#content > form button');
    await until(() => bob.entity(id).data['description'] === 'Rain');
    await browser.fill('[name=frameEnd]', '1300');
    await browser.click('form.line:has([name=frameEnd]) [type=submit]');
    await until(() => bob.storedCustomAttribute(id, 'frameEnd') === 1300);
    await browser.click('form.line:has([name=frameEnd]) [aria-label^=Reset]');
    await until(() => bob.storedCustomAttribute(id, 'frameEnd') === undefined);

    for (const [key, value] of Object.entries({ delivery: '2026-05-01', department: 'office' })) {
      await browser.fill(`[name=${key}]`, value);
      await browser.click(`form.line:has([name=${key}]) [type=submit]`);
      await browser.until(`document.querySelector('form.set [name=${key}]')`);
    }
    expect(bob.storedCustomAttribute(id, 'delivery')).toBe('2026-05-01T00:00:00');
    expect(bob.storedCustomAttribute(id, 'department')).toEqual(['office']);

    await browser.click('#content button', 'New');
    await browser.fill('dialog [name=name]', 'roto');
    await browser.click('dialog button[type=submit]');
    await until(() => bob.query('Task where name is "roto"').length === 1);
    const task = await openEntity('nordlicht/sq020/sh025/roto');
    await browser.fill('.assignees select', bob.idOf('User', 'kenji', 'username'));
    await shows('.assignees', 'Kenji Watanabe');
    await browser.click('.assignees [aria-label^=Unassign]');
    await until(() => [...simulator.store.tableOf('Appointment').where('context_id', task)].length === 0);
    await browser.click('#content button', 'Delete');
    expect(bob.entity(task).type).toBe('Task');
    await browser.click('dialog button[type=submit]');
    await shows('#content h2', 'sh025');
    expect(bob.query('Task where name is "roto"')).toEqual([]);
  });

  test('a long list comes in parts, and once the server is back the page shows what was missed', async () => {
    const folder = bob.createContext('Folder', { parent: bob.findByPath('weisser_wal').id, name: 'crowd' });
    const builds = Array.from({ length: 120 }, (_, index) => ({
      action: 'create',
      entity_type: 'AssetBuild',
      entity_data: { id: crypto.randomUUID(), parent_id: folder, name: `extra_${1000 + index}` },
    }));
    bob.batch(builds);
    await openEntity('weisser_wal/crowd');
    await browser.click('#tree .toggle[aria-label$=crowd]');
    await shows('#tree', 'extra_1099');
    expect(await browser.text('#tree')).not.toContain('extra_1100');
    await browser.click('#tree .more');
    await shows('#tree', 'extra_1119');

    await simulator.refuse();
    await shows('#link-state', 'connecting');
    bob.rename(folder, 'crowds');
    bob.rename(builds[110]?.entity_data.id ?? '', 'hero');
    await simulator.listen();
    await shows('#link-state', 'connected');
    await shows('#content h2', 'crowds');
    await shows('#tree', 'hero');
  });

  test('an action is launched from the menu, its form filled in and sent, its message shown', async () => {
    const client = await connectRaw(simulator);
    const launches: HubMessage[] = [];
    await client.subscribe('menu', 'topic=ftrack.action.discover');
    await client.subscribe('launch', 'topic=ftrack.action.launch and data.actionIdentifier=studio.publish');
    let answered = 0;
    client.socket.on('message', () => {
      for (const event of client.events().slice(answered)) {
        answered += 1;
        const isMenu = event.topic === 'ftrack.action.discover';
        const item = { label: 'Publish', description: 'to the farm', actionIdentifier: 'studio.publish' };
        const isSent = event.data['values'] !== undefined;
        launches.push(...(isMenu ? [] : [event]));
        const answer = isSent ? { success: true, message: `On its way ${sly}` } : form;
        client.reply(event, isMenu ? { items: [item] } : answer, 'menu');
      }
    });
    const id = await openEntity('nordlicht/sq010/sh010');
    await browser.click('#open-actions');
    await browser.click('dialog .action', 'Publish');
    await shows('dialog', 'What shall be');
    await picture('form');
    await browser.fill('dialog [name=title]', 'final');
    await browser.fill('dialog [name=frames]', '96');
    await browser.click('dialog [name=notify]');
    await browser.click('dialog button[type=submit]', 'Go');
    await shows('#toasts', `On its way ${sly}`);

    expect(launches.at(-1)?.data).toMatchObject({
      label: 'Publish',
      selection: [{ entityId: id, entityType: 'task' }],
      values: {
        title: 'final',
        why: '',
        frames: 96,
        due: '2026-03-01',
        notify: false,
        format: 2,
        sites: ['w'],
        tag: ['a', 'b'],
        step: 3,
      },
    });
    expect(await browser.evaluate(`document.querySelectorAll('dialog').length`)).toBe(0);
  });

  test('a refused edit is told, connections can be cut, and a narrow window needs no sideways scrolling', async () => {
    const client = await connectRaw(simulator);
    await openEntity('nordlicht/sq010/sh010');
    await browser.click('#content button', 'Rename');
    await browser.fill('dialog [name=name]', 'sh020');
    await browser.click('dialog button[type=submit]');
    await shows('dialog .trouble', 'sh020');
    await browser.click('dialog button', 'Cancel');
    await browser.click('#faults summary');
    await browser.click('#faults button', 'Cut all event hub connections');
    await until(() => client.closed);
    await browser.resize(400, 800);
    await picture('narrow');

    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
    // Refused edits and the absence of the server are told in the console too.
    const expected = /status of 4|ERR_CONNECTION_REFUSED/;
    expect(browser.problems.filter((problem) => !expected.test(problem))).toEqual([]);
  });
});
