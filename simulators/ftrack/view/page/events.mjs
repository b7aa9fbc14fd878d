import { addressOf } from './api.mjs';
import { byId, el, linkTo } from './dom.mjs';

const shownEntries = 300;
const shownChanges = 6;
const retryMs = 1000;

function changeText({ key, to }) {
  return to === '' ? key : `${key} → ${to.length > 40 ? `${to.slice(0, 40)}…` : to}`;
}

function entityLine(entity) {
  const { action, type, name, changes, hasPage } = entity;
  const parts = changes.slice(0, shownChanges).map(changeText);
  const rest = changes.length > shownChanges ? ` and ${changes.length - shownChanges} more` : '';
  return el(
    'li',
    {},
    el('b', { class: `did ${action}` }, action),
    ` ${type} `,
    hasPage ? linkTo(entity.id, name) : el('span', {}, name),
    el('div', { class: 'keys' }, parts.length === 0 ? '' : `${parts.join(', ')}${rest}`),
  );
}

function entryElement(entry) {
  const { topic, user, entities, more, text, at } = entry;
  const time = new Date(at);
  return el(
    'li',
    { class: entry.isNoise ? 'noise' : null },
    el(
      'div',
      { class: 'head' },
      el('time', { datetime: time.toISOString() }, time.toTimeString().slice(0, 8)),
      el('b', {}, topic),
      user === null ? null : el('span', { class: 'who' }, user),
    ),
    text === '' ? null : el('div', {}, text),
    entities.length === 0 ? null : el('ul', {}, entities.map(entityLine)),
    more === 0 ? null : el('div', { class: 'quiet' }, `and ${more} more entities`),
  );
}

/** The live list of what the hub publishes. */
export class Events {
  /**
   * @param onEntry called for each new entry, shown or not
   * @param onShown called with what a service shows to the acting user
   */
  constructor({ onEntry, onShown }) {
    this.onEntry = onEntry;
    this.onShown = onShown;
    this.last = 0;
    this.held = [];
    this.list = byId('tail');
    byId('noise').addEventListener('change', () => this.connect());
    byId('pause').addEventListener('change', () => this.flush());
    byId('clear').addEventListener('click', () => this.list.replaceChildren());
  }

  /** Connects anew, as the acting user; goes on after the last entry, also when the link breaks. */
  connect() {
    clearTimeout(this.again);
    this.socket?.close();
    const noise = byId('noise').checked ? '1' : '0';
    const address = new URL(addressOf('events', { noise, after: String(this.last) }), location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.addEventListener('open', () => this.say('connected'));
    socket.addEventListener('message', ({ data }) => this.take(JSON.parse(data)));
    socket.addEventListener('close', () => {
      if (socket === this.socket) {
        this.say('connecting');
        this.again = setTimeout(() => this.connect(), retryMs);
      }
    });
  }

  take({ entry, shown }) {
    if (entry) {
      this.add(entry);
    } else {
      this.onShown(shown);
    }
  }

  say(state) {
    byId('link-state').textContent = state;
    byId('link-state').dataset.state = state;
  }

  add(entry) {
    this.last = entry.number;
    this.held.push(entry);
    this.held.splice(0, this.held.length - shownEntries);
    this.onEntry(entry);
    this.drawing ??= requestAnimationFrame(() => this.flush());
  }

  flush() {
    this.drawing = undefined;
    if (byId('pause').checked) {
      return;
    }
    this.list.prepend(...this.held.splice(0).reverse().map(entryElement));
    while (this.list.children.length > shownEntries) {
      this.list.lastElementChild.remove();
    }
  }
}
