import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, Group } from './check';
import { GROUPS } from './checks';
import { codeOf, prepared } from './checks/projects';
import type { Mismatch } from './pattern';
import { enter, WrongUse } from './preflight';
import { CannotRun, Differs, get, NoAnswer, NotOffered, newId, patch, post, remove, Site } from './site';
import type { Timing } from './timing';
import { measure } from './timing';

export interface Result {
  readonly group: string;
  readonly name: string;
  readonly why: string;
  readonly outcome: 'ok' | 'differs' | 'could not run';
  /** Where the answers were otherwise. */
  readonly differences: readonly Mismatch[];
  /** Why it could not run. */
  readonly reason: string | null;
  /** It could not run because the server does not offer what it is about, which is the studio's choice. */
  readonly isNotOffered: boolean;
}

export interface Report {
  readonly server: string;
  /** Version that the server told. */
  readonly version: string;
  readonly project: string;
  readonly results: readonly Result[];
  readonly timings: readonly Timing[];
  /** Why the run ended early; null: it did not. */
  readonly broken: string | null;
  /** Whether the throw-away project is still there, as far as is known. */
  readonly isLeftBehind: boolean;
}

export interface RunOptions {
  readonly server: string;
  readonly key: string;
  /** Throw-away project; default: a random name. */
  readonly project?: string;
  /** Groups to run; default: all. */
  readonly only?: readonly string[];
  /** Ends the run; the project is deleted all the same. */
  readonly signal: AbortSignal;
  /** The server may be checked, and the project is made next. */
  readonly onStart?: (started: { readonly version: string; readonly project: string }) => void;
  readonly onResult?: (result: Result) => void;
  /** See {@link Site}. */
  readonly patience?: number;
  /** Milliseconds between tries to delete the project. */
  readonly pause?: number;
}

/** Tries to delete the project: a server that is restarted is back within them. */
const DELETE_TRIES = 4;
const DELETE_PAUSE = 3_000;
const PROBE_TIMEOUT = 5_000;

/**
 * Runs the checks in a project of their own, which is deleted whatever happens.
 * @throws WrongUse when nothing was done: no server, a wrong key, too few rights, a project that exists.
 */
export function runContract(options: RunOptions): Promise<Report> {
  return new Run(options).toEnd();
}

const MAKES = {
  group: 'projects',
  name: 'makes a project',
  why: 'Everything below is checked in this project.',
} as const;
const DELETES = {
  group: 'projects',
  name: 'deletes a project',
  why: 'Nothing of this run must stay.',
} as const;

class Run {
  readonly #options: RunOptions;
  readonly #site: Site;
  readonly #results: Result[] = [];
  /** Whether there may be a project of ours. */
  #isMine = false;
  #broken: string | null = null;

  constructor(options: RunOptions) {
    this.#options = options;
    const { project = `contract_${newId().slice(0, 8)}` } = options;
    this.#site = new Site({ ...options, project });
  }

  async toEnd(): Promise<Report> {
    const { project, server } = this.#site;
    const version = await enter(this.#site);
    this.#options.onStart?.({ version, project });
    let timings: readonly Timing[] = [];
    let isLeftBehind: boolean;
    try {
      await this.#make();
      await this.#checkAll();
      timings = this.#options.only === undefined ? await measure(this.#site) : [];
    } catch (error) {
      this.#break(error);
    } finally {
      isLeftBehind = !(await this.#delete());
    }
    return { server, version, project, results: this.#results, timings, broken: this.#broken, isLeftBehind };
  }

  /** @throws WrongUse when the server says that there is one already: then it is not ours. */
  async #make(): Promise<void> {
    const site = this.#site;
    const { project } = site;
    this.#isMine = true;
    // Without users: those who get every new project would keep this one in their access groups.
    const body = { name: project, code: codeOf(project), assignUsers: false };
    const answer = await site.send(post('/api/projects', body));
    if (answer.status === 409) {
      this.#isMine = false;
      throw new WrongUse(
        `A project ${project}, or one of its code, exists on ${site.server}; name another one.`,
      );
    }
    this.#tell(MAKES, site.compare(answer, { status: 201, body: null }));
    const made = await site.send(get(site.at('')));
    if (made.status !== 200) {
      throw new CannotRun(`the server made no project (${answer.status})`);
    }
    const prepares = await site.send(patch(site.at(''), prepared(made.body)));
    if (prepares.status !== 204) {
      throw new CannotRun(`the project takes no statuses and types (${prepares.status})`);
    }
  }

  async #checkAll(): Promise<void> {
    for (const group of this.#groups()) {
      for (const check of group.checks) {
        await this.#check(group, check);
      }
    }
  }

  #groups(): readonly Group[] {
    const { only } = this.#options;
    return GROUPS.filter(({ name }) => only?.includes(name) ?? true);
  }

  /** @throws what ends the run: the server is gone, or somebody stopped it. */
  async #check({ name: group }: Group, check: Check): Promise<void> {
    const about = { group, name: check.name, why: check.why };
    try {
      await check.run(this.#site);
      this.#tell(about, []);
    } catch (error) {
      this.#site.signal.throwIfAborted();
      if (error instanceof Differs) {
        this.#tell(about, error.found);
      } else {
        const isNotOffered = error instanceof NotOffered;
        const reason = reasonOf(error);
        this.#report({ ...about, outcome: 'could not run', differences: [], reason, isNotOffered });
        await this.#lookAfter(error);
      }
    }
  }

  /** One broken connection is one check that could not run; a server that is gone ends the run. */
  async #lookAfter(error: unknown): Promise<void> {
    if (error instanceof NoAnswer && !(await this.#isThere())) {
      throw new CannotRun(`${this.#site.server} no longer answers`);
    }
  }

  async #isThere(): Promise<boolean> {
    const signal = AbortSignal.any([this.#site.signal, AbortSignal.timeout(PROBE_TIMEOUT)]);
    return this.#site.send({ ...get('/api/info'), as: 'nobody' }, signal).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  #break(error: unknown): void {
    const { signal } = this.#site;
    if (
      error instanceof WrongUse ||
      !(signal.aborted || error instanceof CannotRun || error instanceof NoAnswer)
    ) {
      throw error;
    }
    this.#broken = signal.aborted
      ? 'it was stopped'
      : this.#site.redact(error instanceof Error ? error.message : '');
  }

  /** Also after the run was stopped. @returns whether nothing of ours is there any more. */
  async #delete(): Promise<boolean> {
    const { pause = DELETE_PAUSE } = this.#options;
    for (let tries = 0; this.#isMine && tries < DELETE_TRIES; tries += 1) {
      const gone = await this.#tryDelete().catch(() => false);
      if (gone) {
        return true;
      }
      await sleep(pause);
    }
    return !this.#isMine;
  }

  async #tryDelete(): Promise<boolean> {
    const site = this.#site;
    const { signal } = new AbortController();
    const answer = await site.send(remove(site.at('')), signal);
    const { status } = await site.send(get(site.at('')), signal);
    // An answer of 404 stands for one that was lost before.
    if (status === 404 && answer.status !== 404 && this.#broken === null) {
      this.#tell(DELETES, site.compare(answer, { status: 204, body: null }));
    }
    return status === 404;
  }

  #tell(about: Pick<Result, 'group' | 'name' | 'why'>, differences: readonly Mismatch[]): void {
    const outcome = differences.length === 0 ? 'ok' : 'differs';
    this.#report({ ...about, outcome, differences, reason: null, isNotOffered: false });
  }

  #report(result: Result): void {
    if (this.#options.only?.includes(result.group) ?? true) {
      this.#results.push(result);
      this.#options.onResult?.(result);
    }
  }
}

/** What a check did not expect at all may make it stumble, which is no reason to leave out the others. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof CannotRun || error instanceof NoAnswer
    ? message
    : `the answer is of a kind that the check did not expect (${message})`;
}
