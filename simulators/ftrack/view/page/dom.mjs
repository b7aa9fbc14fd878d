/**
 * An element. Children are elements or texts; texts stay texts, whatever they hold. Attributes that are functions
 * listen to the event of that name, those that are null or false are left out.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value !== null && value !== false && value !== undefined) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** `2026-02-02T14:05:00` as people read it; a time of midnight says nothing. */
export function shortTime(text) {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?/.exec(text ?? '') ?? [];
  return day === undefined ? (text ?? '') : time === undefined || time === '00:00' ? day : `${day} ${time}`;
}

/** A dot in the colour of a status or type. */
export function dot(color) {
  const element = el('i', { class: 'dot', 'aria-hidden': 'true' });
  element.style.backgroundColor = color ?? 'transparent';
  return element;
}

/** A status: its colour and its name. */
export function chip(label) {
  return el('span', { class: 'chip' }, dot(label.color), label.name);
}

export const linkTo = (id, text, attributes = {}) => el('a', { href: `#/${id}`, ...attributes }, text);

export function button(text, click, attributes = {}) {
  return el('button', { type: 'button', click, ...attributes }, text);
}

const toastMs = 8000;

/** Tells something at the edge of the window; problems stay until they are closed. */
export function toast(kind, ...content) {
  const close = button('×', () => box.remove(), { 'aria-label': 'Close' });
  const box = el('div', { class: `toast ${kind}` }, el('span', {}, ...content), close);
  byId('toasts').append(box);
  if (kind !== 'problem') {
    setTimeout(() => box.remove(), toastMs);
  }
}

const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** Runs work of an event; what goes wrong is told. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast('problem', messageOf(error));
    return undefined;
  }
}

/**
 * A form in a dialog. Escape and `Cancel` close it.
 *
 * @param submit does what the form is for; when it throws, the dialog stays open and says why
 */
export function openDialog({ title, body, submitLabel, submit, danger = false }) {
  const dialog = el('dialog', { 'aria-label': title, close: () => dialog.remove() });
  const go = el('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, submitLabel ?? 'OK');
  const trouble = el('p', { role: 'alert', class: 'trouble' });
  const send = async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await submit();
      dialog.close();
    } catch (error) {
      trouble.textContent = messageOf(error);
      go.disabled = false;
    }
  };
  const close = button(submit ? 'Cancel' : 'Close', () => dialog.close());
  const bar = el('div', { class: 'buttons' }, submit ? [close, go] : close);
  dialog.append(el('form', { submit: send }, el('h2', {}, title), body, trouble, bar));
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A labelled field of a form. */
export function field(label, input) {
  return el('label', { class: 'field' }, el('span', {}, label), input);
}

export function select(choices, attributes = {}) {
  const options = choices.map(({ value, label, selected }) => el('option', { value, selected }, label));
  return el('select', attributes, options);
}
