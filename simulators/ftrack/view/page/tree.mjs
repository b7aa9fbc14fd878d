import { read } from './api.mjs';
import { attempt, button, dot, el, linkTo } from './dom.mjs';

/** One level of the tree: the loaded children of one entity, or the projects. */
class Branch {
  constructor(list, load) {
    this.list = list;
    this.load = load;
    this.items = new Map();
    this.next = 0;
    this.last = Promise.resolve();
  }

  /** One load after the other: two at once would share the place up to which was read. */
  inTurn(work) {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  /** Loads as many as there were (at least a page), and keeps what is open. */
  refresh() {
    return this.inTurn(async () => {
      const wanted = Math.max(1, this.items.size);
      const nodes = [];
      this.next = 0;
      while (this.next !== null && nodes.length < wanted) {
        nodes.push(...(await this.page()));
      }
      this.show(nodes);
    });
  }

  more() {
    return this.inTurn(async () => {
      const nodes = this.next === null ? [] : await this.page();
      this.show([...[...this.items.values()].map(({ node }) => node), ...nodes]);
    });
  }

  async page() {
    const { nodes, next } = await this.load(this.next);
    this.next = next;
    return nodes;
  }

  show(nodes) {
    const items = nodes.map((node) => {
      const item = this.items.get(node.id) ?? new Item(node);
      item.update(node);
      return item;
    });
    this.items = new Map(items.map((item) => [item.node.id, item]));
    const more = this.next === null ? [] : [this.moreButton()];
    const wanted = [...items.map((item) => item.element), ...more];
    if (wanted.length !== this.list.children.length || more.length > 0 || this.isMoved(wanted)) {
      this.list.replaceChildren(...wanted);
    }
  }

  isMoved(wanted) {
    return wanted.some((element, index) => this.list.children[index] !== element);
  }

  moreButton() {
    return el(
      'li',
      {},
      button('More …', () => attempt(() => this.more()), { class: 'more' }),
    );
  }
}

class Item {
  constructor(node) {
    this.node = node;
    this.branch = null;
    this.toggle = button('', () => attempt(() => this.setOpen(!this.isOpen)), { class: 'toggle' });
    this.link = linkTo(node.id, '');
    this.children = el('ul', { hidden: true });
    this.element = el('li', {}, el('div', { class: 'node' }, this.toggle, this.link), this.children);
    this.element.item = this;
  }

  get isOpen() {
    return !this.children.hidden;
  }

  update(node) {
    this.node = node;
    this.link.replaceChildren(
      ...(node.status ? [dot(node.status.color)] : []),
      el('span', { class: 'name' }, node.name),
      el('small', {}, node.kind),
    );
    this.link.title = `${node.kind} ${node.name}${node.status ? `: ${node.status.name}` : ''}`;
    this.toggle.hidden = !node.hasChildren;
    this.mark();
  }

  mark() {
    this.toggle.textContent = this.isOpen ? '▾' : '▸';
    this.toggle.setAttribute('aria-expanded', String(this.isOpen));
    this.toggle.setAttribute('aria-label', `What is below ${this.node.name}`);
  }

  async setOpen(open) {
    if (open && this.branch === null) {
      const { id } = this.node;
      const branch = new Branch(this.children, (offset) => read(`children/${id}`, { offset }));
      await branch.refresh();
      this.branch = branch;
    }
    this.children.hidden = !open;
    this.mark();
  }
}

/** Projects and what is below them; children are loaded when somebody wants to see them. */
export class Tree {
  constructor(nav) {
    this.nav = nav;
    this.root = new Branch(el('ul', {}), async () => ({ nodes: await read('projects'), next: null }));
    this.waiting = new Set();
    nav.replaceChildren(this.root.list);
    nav.addEventListener('keydown', (event) => this.key(event));
  }

  /** Everything that is loaded is forgotten: somebody else looks. */
  async start() {
    this.root.items.clear();
    await this.root.refresh();
  }

  branches() {
    const lists = [...this.nav.querySelectorAll('li')].map((element) => element.item);
    return lists.filter((item) => item?.branch).map((item) => [item.node.id, item.branch]);
  }

  /**
   * Loads what shows these entities or their children again, where it is loaded.
   * @param ids null stands for what has no parent: projects
   */
  async refresh(ids) {
    const failures = [];
    for (const [id, branch] of [[null, this.root], ...this.branches()]) {
      const isMeant = ids.has(id) || [...branch.items.keys()].some((child) => ids.has(child));
      // What was removed goes with its parent's list; its own could not be loaded, and must not cost the others.
      if (isMeant && branch.list.isConnected) {
        await branch.refresh().catch((error) => failures.push(error));
      }
    }
    if (failures.length > 0) {
      throw failures[0];
    }
  }

  /** Opens what is above an entity and marks it. @param path ids from the project down to the entity */
  async reveal(path) {
    let branch = this.root;
    for (const [index, id] of path.entries()) {
      const item = branch?.items.get(id);
      if (item && index < path.length - 1) {
        await item.setOpen(true);
      }
      branch = item?.branch;
    }
    this.mark(path);
  }

  /** Marks the entity, or the nearest one above that the tree shows. */
  mark(path) {
    const links = new Map([...this.nav.querySelectorAll('a')].map((link) => [link.hash.slice(2), link]));
    const current = links.get(path.findLast((id) => links.has(id)));
    this.nav.querySelector('[aria-current]')?.removeAttribute('aria-current');
    current?.setAttribute('aria-current', 'page');
    current?.scrollIntoView({ block: 'nearest' });
  }

  /** Arrow keys: up and down among what is visible, right opens, left closes or goes up. */
  key(event) {
    const item = event.target.closest('li')?.item;
    const links = [...this.nav.querySelectorAll('a')].filter((link) => link.checkVisibility());
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!item || (step === undefined && !['ArrowLeft', 'ArrowRight'].includes(event.key))) {
      return;
    }
    event.preventDefault();
    if (step !== undefined) {
      links[links.indexOf(item.link) + step]?.focus();
    } else if (event.key === 'ArrowLeft' && !item.isOpen) {
      item.element.parentElement.closest('li')?.item.link.focus();
    } else if (item.node.hasChildren) {
      void attempt(() => item.setOpen(event.key === 'ArrowRight'));
    }
  }
}
