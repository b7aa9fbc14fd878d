import { control, create, remove, update } from './api.mjs';
import { button, el, field, openDialog, select } from './dom.mjs';

/** Operations of the buttons on an entity's page. Each is what a client would send. */
export const setStatus = (entity, statusId) => update(entity.type, [entity.id], { status_id: statusId });
export const setDescription = (entity, description) => update(entity.type, [entity.id], { description });
export const addNote = (entity, content) => create('Note', { parent_id: entity.id, content });
export const assign = (entity, resourceId) =>
  create('Appointment', { context_id: entity.id, resource_id: resourceId, type: 'assignment' });
export const unassign = (assignment) => remove('Appointment', [assignment.id]);

const valueKey = (entity, attribute) => [attribute.configurationId, entity.id];
export const setValue = (entity, attribute, value) =>
  update(entity.customValues, valueKey(entity, attribute), { value });
/** The stored value goes; the default shows again. */
export const resetValue = (entity, attribute) => remove(entity.customValues, valueKey(entity, attribute));

export function renameDialog(entity) {
  const name = el('input', { name: 'name', value: entity.name, required: true });
  openDialog({
    title: `Rename ${entity.name}`,
    body: field('New name', name),
    submitLabel: 'Rename',
    submit: () => update(entity.type, [entity.id], { name: name.value }),
  });
  name.select();
}

/** What is below it goes too, so it is asked first. */
export function deleteDialog(entity, done) {
  openDialog({
    title: `Delete ${entity.kind} ${entity.name}?`,
    body: el('p', {}, 'Everything below it, its versions and its notes are deleted too.'),
    submitLabel: 'Delete',
    danger: true,
    submit: async () => {
      await remove(entity.type, [entity.id]);
      done();
    },
  });
}

/** A new entity below: of any kind that the project's schema has, a task by default. */
export function createDialog(entity) {
  const { kinds, taskTypes } = entity.newChildren;
  const first = kinds.includes('Task') ? 'Task' : kinds[0];
  const kind = select(
    kinds.map((label) => ({ value: label, label, selected: label === first })),
    { name: 'kind' },
  );
  const name = el('input', { name: 'name', required: true, autocomplete: 'off' });
  const type = select(
    taskTypes.map(({ id, name: label }) => ({ value: id, label })),
    { name: 'type' },
  );
  const typeField = field('Type', type);
  kind.addEventListener('change', () => {
    typeField.hidden = kind.value !== 'Task';
  });
  typeField.hidden = first !== 'Task';
  openDialog({
    title: `New below ${entity.name}`,
    body: [field('Kind', kind), field('Name', name), typeField],
    submitLabel: 'Create',
    submit: () =>
      // The type of an entity is the name of its kind without blanks.
      create(kind.value.replaceAll(' ', ''), {
        name: name.value,
        parent_id: entity.id,
        ...(kind.value === 'Task' && type.value !== '' ? { type_id: type.value } : {}),
      }),
  });
  name.focus();
}

const cut = { drop: true };
const faults = [
  ['Cut all event hub connections', () => control('hub', cut)],
  ['Lose the next event', () => control('hub', { dropEvents: 1 })],
  ['Deliver the next event twice', () => control('hub', { duplicateEvents: 1 })],
  ['Refuse the next 3 handshakes', () => control('hub', { handshake503: 3 })],
  ['Answer the next request to /api with 502', () => fault({ html502: true })],
  ['Cut the next answer of /api in its middle', () => fault({ resetMidAnswer: true })],
  ['Be away for 5 seconds', () => control('refuse', {})],
];

const fault = (effect) => control('faults', { match: { path: '^/api' }, effect });

async function connectionLines() {
  const connections = await control('hub');
  const lines = connections.map(({ username, subscribers }) =>
    el('li', {}, `${username}: ${subscribers.length} subscriptions`),
  );
  return lines.length === 0 ? [el('li', {}, 'Nobody is connected.')] : lines;
}

/** Faults of the simulator, and who is connected to its hub. @param run tells what went wrong */
export function faultSheet(run, done) {
  const list = el('ul', {});
  const show = async () => list.replaceChildren(...(await connectionLines()));
  const buttons = faults.map(([label, act]) =>
    button(label, () =>
      run(async () => {
        await act();
        done(label);
        await show();
      }),
    ),
  );
  const sheet = [...buttons, el('h3', {}, 'Connected to the event hub'), list];
  return { sheet, refresh: () => run(show) };
}
