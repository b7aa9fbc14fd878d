import { showAnswer } from './actions.mjs';
import { acting, read } from './api.mjs';
import { attempt, byId, dot, el, linkTo, shortTime, toast } from './dom.mjs';
import { faultSheet } from './edit.mjs';
import { entityPage } from './entity.mjs';
import { Events } from './events.mjs';
import { Tree } from './tree.mjs';

const remembered = 'simulated-ftrack-user';
const searchDelayMs = 250;
const refreshDelayMs = 150;

const content = byId('content');
const tree = new Tree(byId('tree'));
let people = [];
/** The entity whose page is open; null for the list of projects. */
let current = null;
let isStale = false;
/** Rises with each page: an answer that comes after the next one was asked for is dropped. */
let turn = 0;
/** Somebody went to this page, and the tree has not followed yet; a quiet refresh may have taken the turn meanwhile. */
let isNew = false;

function projectRow(project) {
  const { id, name, fullName, state, isPrivate, schema, start, end } = project;
  const about = [schema, isPrivate ? 'private' : '', state].filter(Boolean).join(' · ');
  const dates = [shortTime(start), shortTime(end)].filter(Boolean).join(' – ');
  return el(
    'tr',
    {},
    el('td', {}, linkTo(id, fullName || name)),
    el('td', {}, name),
    el('td', {}, about),
    el('td', {}, dates),
  );
}

function projectList(projects) {
  const head = el(
    'tr',
    {},
    ['Project', 'Name', 'Schema', 'Dates'].map((title) => el('th', { scope: 'col' }, title)),
  );
  return [
    el('h2', {}, 'Projects ', el('small', {}, String(projects.length))),
    el('table', { id: 'projects' }, el('thead', {}, head), el('tbody', {}, projects.map(projectRow))),
    el('p', { class: 'quiet' }, `These are the projects that ${acting.user} may see. Times are UTC.`),
  ];
}

const routed = () => /^#\/(.+)$/.exec(location.hash)?.[1] ?? null;

/** The entity with that id, or why there is none; without id, all projects. */
async function load(id) {
  return id === null
    ? [null, await read('projects')]
    : [await read(`entity/${encodeURIComponent(id)}`).catch((error) => error), null];
}

/**
 * Shows what the address names.
 * @param options.quietly keeps what is shown until the new is there
 * @param options.politely shows nothing new to somebody who began to type meanwhile
 */
async function show({ quietly = false, politely = false } = {}) {
  turn += 1;
  const mine = turn;
  if (!quietly) {
    isNew = true;
    content.setAttribute('aria-busy', 'true');
  }
  const [entity, projects] = await load(routed());
  if (mine !== turn) {
    return;
  }
  if (politely && !isNew && isTyping()) {
    isStale = true;
    return;
  }
  content.removeAttribute('aria-busy');
  isStale = false;
  draw(entity, projects);
  if (isNew && current !== null) {
    isNew = false;
    content.scrollTop = 0;
    await tree.reveal((current.path ?? []).map((step) => step.id));
  }
}

function draw(entity, projects) {
  const closed = [...content.querySelectorAll('details:not([open])')].map((details) => details.id);
  const focused = content.contains(document.activeElement)
    ? document.activeElement.closest('[id]')?.id
    : null;
  current = entity instanceof Error ? null : entity;
  if (entity instanceof Error) {
    content.replaceChildren(el('p', {}, entity.message), el('a', { href: '#/' }, 'All projects'));
  } else {
    const parts = entity ? entityPage(entity, people, () => goAbove(entity)) : projectList(projects);
    content.replaceChildren(...parts);
  }
  document.title = current ? `${current.name} – Simulated ftrack` : 'Simulated ftrack';
  closed.forEach((id) => byId(id)?.removeAttribute('open'));
  if (focused && focused !== 'content') {
    byId(focused)?.focus({ preventScroll: true });
  }
}

function goAbove(entity) {
  const above = (entity.path ?? []).at(-2);
  location.hash = above ? `#/${above.id}` : '#/';
}

const isTyping = () =>
  content.contains(document.activeElement) &&
  document.activeElement.matches('form.line :is(input, select, textarea)');

let changed = new Set();
let refreshing;

/** What an event tells to have changed is loaded again, many changes at once. */
function noticeChange(entry) {
  if (entry.topic !== 'ftrack.update' || entry.isNoise) {
    return;
  }
  for (const { shownOn } of entry.entities) {
    shownOn.forEach((id) => changed.add(id));
  }
  refreshing ??= setTimeout(() => void attempt(refresh), refreshDelayMs);
}

async function refresh() {
  const ids = changed;
  changed = new Set();
  refreshing = undefined;
  await tree.refresh(ids);
  // A page of nothing is the list of projects, which have no parent.
  if (ids.has(current?.id ?? null)) {
    // Nobody wants to lose what they are typing.
    isStale = isTyping();
    await (isStale ? undefined : show({ quietly: true, politely: true }));
  }
}

async function choose(username) {
  acting.user = username;
  localStorage.setItem(remembered, username);
  events.connect();
  await tree.start();
  await show();
}

function foundItem({ id, name, kind, status, path }) {
  const above = (path ?? []).slice(0, -1).map((step) => step.name);
  const label = [
    status ? dot(status.color) : null,
    el('b', {}, name),
    ` ${kind} `,
    el('small', {}, above.join(' / ')),
  ];
  return el('li', {}, el('a', { href: `#/${id}` }, label));
}

function search() {
  const [input, list] = [byId('search-text'), byId('found')];
  let timer;
  const close = () => list.toggleAttribute('hidden', true);
  const look = async () => {
    const text = input.value.trim();
    const found = text === '' ? [] : await read('search', { text });
    if (text !== input.value.trim()) {
      return;
    }
    const none = text === '' ? [] : [el('li', { class: 'quiet' }, 'Nothing has such a name.')];
    list.replaceChildren(...(found.length === 0 ? none : found.map(foundItem)));
    list.toggleAttribute('hidden', text === '');
  };
  const soon = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => void attempt(look), ms);
  };
  input.addEventListener('input', () => soon(searchDelayMs));
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    soon(0);
  });
  byId('search').addEventListener('keydown', ({ key }) => key === 'Escape' && close());
  list.addEventListener('click', close);
  document.addEventListener('click', ({ target }) => byId('search').contains(target) || close());
}

function faults() {
  const { sheet, refresh: look } = faultSheet(attempt, (label) => toast('done', `${label}: done.`));
  byId('faults')
    .querySelector('.sheet')
    .append(...sheet);
  byId('faults').addEventListener('toggle', ({ target }) => target.open && void look());
}

const events = new Events({
  onEntry: noticeChange,
  onShown: (shown) => {
    const selection = current ? [{ entityId: current.id, entityType: current.entityType }] : [];
    showAnswer(shown, { actionIdentifier: shown.actionIdentifier }, selection);
  },
});

async function start() {
  people = await read('people');
  const names = people.map(({ username }) => username);
  const before = localStorage.getItem(remembered);
  const first = names.includes(before) ? before : names[0];
  byId('user').replaceChildren(
    ...people.map(({ username, name }) =>
      el('option', { value: username, selected: username === first }, `${name} (${username})`),
    ),
  );
  byId('user').addEventListener('change', ({ target }) => void attempt(() => choose(target.value)));
  content.addEventListener(
    'focusout',
    () => isStale && !isTyping() && void attempt(() => show({ quietly: true })),
  );
  addEventListener('hashchange', () => void attempt(show));
  search();
  faults();
  await choose(first);
}

void attempt(start);
