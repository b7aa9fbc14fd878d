import { openMenu } from './actions.mjs';
import { attempt, button, chip, dot, el, field, linkTo, select, shortTime } from './dom.mjs';
import * as edit from './edit.mjs';

const run = (work) => () => void attempt(work);

/** A form of one line whose button saves. Ids let the focus stay where it was when the page is drawn again. */
function lineForm(label, input, save) {
  const saving = el('button', { type: 'submit', id: `save-${input.name}` }, 'Save');
  const submit = (event) => {
    event.preventDefault();
    // Who has saved does not type any more: what the event of this change brings may be shown.
    saving.focus();
    void attempt(save);
  };
  return el('form', { class: 'line', submit }, field(label, input), saving);
}

function section(title, content, { count, id } = {}) {
  const heading = el('summary', {}, el('h3', {}, title), count === undefined ? '' : ` ${count}`);
  return el('details', { open: true, id: id ?? null }, heading, content);
}

const nothing = (text) => el('p', { class: 'quiet' }, text);

function breadcrumb(path) {
  const steps = (path ?? []).slice(0, -1);
  return el(
    'p',
    { class: 'path' },
    steps.flatMap(({ id, name }) => [linkTo(id, name), ' / ']),
  );
}

function picture(address) {
  return address === null ? null : el('img', { src: address, alt: '', loading: 'lazy' });
}

function heading(entity, gone) {
  const selection = [{ entityId: entity.id, entityType: entity.entityType }];
  const buttons = [
    button(
      'Actions …',
      run(() => openMenu(selection)),
      { class: 'primary', id: 'open-actions' },
    ),
    entity.newChildren && button('New …', () => edit.createDialog(entity)),
    entity.canRename && button('Rename …', () => edit.renameDialog(entity)),
    button('Delete …', () => edit.deleteDialog(entity, gone), { class: 'danger' }),
  ];
  return el(
    'div',
    { class: 'heading' },
    picture(entity.thumbnail),
    el(
      'div',
      {},
      breadcrumb(entity.path),
      el('h2', {}, entity.name, ' ', el('small', {}, entity.kind)),
      el('div', { class: 'buttons' }, buttons.filter(Boolean)),
    ),
  );
}

function statusBar(entity) {
  if (entity.status === null) {
    return null;
  }
  const choices = entity.statuses.map(({ id, name, color }) =>
    el(
      'button',
      {
        type: 'button',
        class: 'chip',
        id: `status-${id}`,
        'aria-pressed': String(id === entity.status.id),
        click: run(() => edit.setStatus(entity, id)),
      },
      dot(color),
      name,
    ),
  );
  const current = el('span', { id: 'status', class: 'current' }, 'Status: ', chip(entity.status));
  return el('div', { class: 'statuses', role: 'group', 'aria-label': 'Status' }, current, choices);
}

function facts(entity) {
  const shown = (value) => (typeof value === 'string' ? shortTime(value) : JSON.stringify(value));
  const pair = (label, value) => el('div', {}, el('dt', {}, label), el('dd', {}, value));
  const pairs = entity.facts.map(({ label, value }) => pair(label, shown(value)));
  return el('dl', {}, pairs, pair('Id', el('code', {}, entity.id)));
}

function description(entity) {
  if (entity.description === null) {
    return null;
  }
  const input = el('textarea', { rows: 2, name: 'description' }, entity.description);
  return lineForm('Description', input, () => edit.setDescription(entity, input.value));
}

function assignees(entity, people) {
  if (entity.assignees === null) {
    return null;
  }
  const assigned = new Set(entity.assignees.map(({ resourceId }) => resourceId));
  const names = entity.assignees.map((assignment) =>
    el(
      'span',
      { class: 'chip' },
      assignment.name,
      button(
        '×',
        run(() => edit.unassign(assignment)),
        { 'aria-label': `Unassign ${assignment.name}` },
      ),
    ),
  );
  const others = people.filter(({ id }) => !assigned.has(id));
  const choose = select(
    [{ value: '', label: 'assign …' }, ...others.map(({ id, name }) => ({ value: id, label: name }))],
    { 'aria-label': 'Assign', change: () => void attempt(() => edit.assign(entity, choose.value)) },
  );
  return el('div', { class: 'assignees' }, el('b', {}, 'Assignees'), names, choose);
}

/** Inputs by the type of a custom attribute, with what reads them; all others are texts. */
const inputs = {
  boolean: ({ value }) => {
    const input = el('input', { type: 'checkbox', checked: value === true });
    return { input, read: () => input.checked };
  },
  number: ({ value }) => {
    const input = el('input', { type: 'number', step: 'any', value });
    return { input, read: () => (input.value === '' ? null : Number(input.value)) };
  },
  date: ({ value }) => {
    const input = el('input', { type: 'date', value: String(value ?? '').slice(0, 10) });
    const read = () =>
      input.value === '' ? null : { __type__: 'datetime', value: `${input.value}T00:00:00` };
    return { input, read };
  },
  enumerator: ({ value, choices, isMultiSelect }) => {
    const chosen = [].concat(value ?? []);
    const options = choices.map((choice) => ({ ...choice, selected: chosen.includes(choice.value) }));
    const none = isMultiSelect ? [] : [{ value: '', label: '' }];
    const input = select([...none, ...options], { multiple: isMultiSelect, size: isMultiSelect ? 3 : null });
    const read = () => [...input.selectedOptions].map((option) => option.value).filter((one) => one !== '');
    return { input, read };
  },
};

/** Which values there are only its own service knows: they are typed. */
inputs['dynamic enumerator'] = ({ value }) => {
  const input = el('input', { type: 'text', value: [].concat(value ?? []).join(', '), title: 'a, b, c' });
  const read = () =>
    input.value
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  return { input, read };
};

function textInput({ value }) {
  const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
  const input = el('input', { type: 'text', value: text });
  return { input, read: () => input.value };
}

function customAttribute(entity, attribute) {
  const { key, label, type, isSet, isHierarchical } = attribute;
  const { input, read } = (inputs[type] ?? textInput)(attribute);
  input.name = key;
  const form = lineForm(label === key ? key : `${label} (${key})`, input, () =>
    edit.setValue(entity, attribute, read()),
  );
  form.append(
    isSet
      ? button(
          'Reset',
          run(() => edit.resetValue(entity, attribute)),
          { 'aria-label': `Reset ${label}` },
        )
      : el('span', { class: 'quiet' }, 'default'),
  );
  form.title = `${type}${isHierarchical ? ', hierarchical' : ''}`;
  form.classList.toggle('set', isSet);
  return form;
}

function versionCard(version) {
  const { id, name, type, task, comment, date, user, status } = version;
  const about = [type, task, user, shortTime(date)].filter(Boolean).join(' · ');
  return el(
    'li',
    {},
    picture(version.thumbnail) ?? el('div', { class: 'no-picture', 'aria-hidden': 'true' }),
    el(
      'div',
      {},
      el('div', {}, linkTo(id, name), ' ', status ? chip(status) : null),
      el('small', {}, about),
      comment === '' ? null : el('div', { class: 'words' }, comment),
    ),
  );
}

function noteItem({ author, date, content, replies }) {
  return el(
    'li',
    {},
    el('div', {}, el('b', {}, author ?? 'somebody'), ' ', el('small', {}, shortTime(date))),
    el('div', { class: 'words' }, content),
    replies.length === 0 ? null : el('ul', {}, replies.map(noteItem)),
  );
}

function notes(entity) {
  const text = el('textarea', { rows: 2, name: 'note', required: true });
  const form = lineForm('New note', text, () => edit.addNote(entity, text.value));
  const list = entity.notes.length === 0 ? nothing('No notes.') : el('ul', {}, entity.notes.map(noteItem));
  return [form, list];
}

function historyItem({ date, user, action, changes, status }) {
  const words = status
    ? ['status ', status.from ? chip(status.from) : '', ' → ', status.to ? chip(status.to) : 'none']
    : [action ?? ''];
  const details = changes.map(({ key, from, to }) =>
    el('div', { class: 'keys' }, `${key}: ${from === '' ? '–' : from} → ${to === '' ? '–' : to}`),
  );
  const when = el('small', {}, `${(date ?? '').replace('T', ' ').slice(0, 19)} ${user ?? ''}`);
  return el('li', {}, when, ' ', el('span', {}, words), details);
}

/** The page of a project, of what is below one, or of a version. @param gone called when it was deleted */
export function entityPage(entity, people, gone) {
  const { customAttributes, versions, history } = entity;
  return [
    heading(entity, gone),
    statusBar(entity),
    facts(entity),
    assignees(entity, people),
    description(entity),
    section(
      'Custom attributes',
      el(
        'div',
        { class: 'custom' },
        customAttributes.map((one) => customAttribute(entity, one)),
      ),
      { count: customAttributes.length, id: 'custom' },
    ),
    section(
      'Versions',
      versions.length === 0 ? nothing('No versions.') : el('ul', {}, versions.map(versionCard)),
      {
        count: versions.length,
        id: 'versions',
      },
    ),
    section('Notes', notes(entity), { count: entity.notes.length, id: 'notes' }),
    section('History', el('ol', {}, history.map(historyItem)), { count: history.length, id: 'history' }),
  ].filter(Boolean);
}
