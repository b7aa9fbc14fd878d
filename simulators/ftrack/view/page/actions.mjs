import { acting, send } from './api.mjs';
import { attempt, button, el, field, openDialog, select, toast } from './dom.mjs';

/** `**bold**` of a line of markdown. */
function emphasised(line) {
  return line.split(/\*\*(.+?)\*\*/).map((part, index) => (index % 2 === 1 ? el('b', {}, part) : part));
}

/** Labels are markdown: headings, rules, bold and lines are shown, everything else is text as it is. */
function markdown(text) {
  const lines = String(text ?? '').split('\n');
  return lines.map((line) => {
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    if (/^\s*(-{3,}|\*{3,})\s*$/.test(line)) {
      return el('hr');
    }
    return heading ? el('h3', {}, emphasised(heading[1])) : el('p', {}, emphasised(line));
  });
}

function plainInput(item, type, attributes = {}) {
  const { name, value, empty_text: placeholder } = item;
  return el('input', { type, name, value: value ?? '', placeholder, ...attributes });
}

/** How each type of item is drawn, and which value its input stands for. */
const kinds = {
  text: { draw: (item) => plainInput(item, 'text'), value: (input) => input.value },
  number: {
    draw: (item) => plainInput(item, 'number', { step: 'any' }),
    value: (input) => (input.value === '' ? null : Number(input.value)),
  },
  date: {
    draw: (item) => plainInput({ ...item, value: String(item.value ?? '').slice(0, 10) }, 'date'),
    value: (input) => (input.value === '' ? null : input.value),
  },
  boolean: {
    draw: (item) => el('input', { type: 'checkbox', name: item.name, checked: item.value === true }),
    value: (input) => input.checked,
  },
  textarea: {
    draw: ({ name, value, empty_text: placeholder }) =>
      el('textarea', { name, rows: 4, placeholder }, value ?? ''),
    value: (input) => input.value,
  },
  enumerator: {
    draw: ({ name, value, data = [], multi_select: multiple }) => {
      const chosen = Array.isArray(value) ? value : [value];
      const options = data.map((choice, index) => ({
        value: index,
        label: choice.description
          ? `${choice.label} (${choice.description})`
          : (choice.label ?? choice.value),
        selected: chosen.includes(choice.value),
      }));
      const isOpen = !multiple && !options.some(({ selected }) => selected);
      return select(isOpen ? [{ value: '', label: '' }, ...options] : options, { name, multiple });
    },
    // Choices are known by their place: their values need not be texts.
    value: (input, { data = [], multi_select: multiple }) => {
      const values = [...input.selectedOptions]
        .filter((option) => option.value !== '')
        .map((option) => data[Number(option.value)].value);
      return multiple ? values : (values[0] ?? null);
    },
  },
};

/** The items of a form as elements, and what reads the values that were filled in. */
function drawForm(items) {
  const inputs = [];
  const elements = items.map((item) => {
    if (item.type === 'label') {
      return el('div', { class: 'text' }, markdown(item.value));
    }
    if (item.type === 'hidden') {
      inputs.push([item.name, () => item.value]);
      return null;
    }
    const kind = kinds[item.type] ?? kinds.text;
    const input = kind.draw(item);
    inputs.push([item.name, () => kind.value(input, item)]);
    return field(item.label ?? item.name ?? '', input);
  });
  return { elements, values: () => collect(inputs) };
}

/** A name that several items have stands for the list of their values. */
function collect(inputs) {
  const values = {};
  for (const [name, value] of inputs.filter(([key]) => key)) {
    values[name] = Object.hasOwn(values, name) ? [].concat(values[name], [value()]) : value();
  }
  return values;
}

function widgetLink({ url, title }) {
  const isWeb = /^https?:\/\//i.test(String(url));
  const text = title ?? 'Open the widget';
  return isWeb ? el('a', { href: url, target: '_blank', rel: 'noopener' }, text) : `${text}: ${url}`;
}

function showForm(form, launched, selection) {
  const { elements, values } = drawForm(form.items);
  const actionIdentifier = form.actionIdentifier ?? launched.actionIdentifier;
  openDialog({
    title: form.title ?? launched.label ?? 'Form',
    body: elements,
    submitLabel: form.submit_button_label ?? 'Submit',
    submit: () => launch({ ...launched, actionIdentifier }, selection, values()),
  });
}

/**
 * Shows what an action answered or a service pushed: a form, a widget or a message.
 *
 * @param launched the item that is launched again with the values of a form
 */
export function showAnswer(answer, launched, selection) {
  if (answer === null) {
    toast('problem', `Nobody answered to ${launched.label ?? launched.actionIdentifier}.`);
  } else if (Array.isArray(answer.items)) {
    showForm(answer, launched, selection);
  } else if (answer.type === 'widget') {
    toast('done', widgetLink(answer));
  } else {
    const isFine = answer.success !== false;
    toast(isFine ? 'done' : 'problem', answer.message || (isFine ? 'Done.' : 'It failed.'));
  }
}

async function launch(item, selection, values) {
  const { answer } = await send('launch', { item, selection, ...(values ? { values } : {}) });
  showAnswer(answer, item, selection);
}

function menuEntry(item, click) {
  const text = item.variant ? `${item.label}: ${item.variant}` : (item.label ?? item.actionIdentifier);
  return el(
    'li',
    {},
    button(text, click, { class: 'action' }),
    item.description ? el('small', {}, item.description) : null,
  );
}

/** The menu of actions for a selection, as connected services offer them to the acting user. */
export async function openMenu(selection) {
  const { items } = await send('actions', { selection });
  const choose = (item) => () => {
    dialog.close();
    void attempt(() => launch(item, selection));
  };
  const list = el(
    'ul',
    { class: 'menu' },
    items.map((item) => menuEntry(item, choose(item))),
  );
  const none = el('p', {}, `No connected service offers ${acting.user} an action here.`);
  const dialog = openDialog({ title: 'Actions', body: items.length === 0 ? none : list });
}
