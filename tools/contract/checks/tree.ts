import type { Question, Site } from '../site';
import { CannotRun, Differs, newId, OWN } from '../site';

/** What most checks build on: a folder, one below it, and a task below that. */
export interface Tree {
  readonly sequence: string;
  readonly shot: string;
  readonly task: string;
  /** Name of the sequence, unlike any other. */
  readonly name: string;
}

type Data = Readonly<Record<string, unknown>>;

export const create = (entityType: string, entityId: string, data: Data): Data => ({
  type: 'create',
  entityType,
  entityId,
  data,
});
export const update = (entityType: string, entityId: string, data: Data): Data => ({
  type: 'update',
  entityType,
  entityId,
  data,
});
export const destroy = (entityType: string, entityId: string): Data => ({
  type: 'delete',
  entityType,
  entityId,
});
export const folder = (id: string, name: string, data: Data = {}): Data =>
  create('folder', id, { name, folderType: OWN, ...data });

/** A name unlike any other in the project. */
export const freshName = (): string => `c${newId().slice(0, 8)}`;

/** The answer to operations that all do what they should. */
export const done = (...statuses: readonly number[]) => ({
  status: 200,
  body: { success: true, operations: statuses.map((status) => ({ success: true, status })) },
});

/** The answer to a batch that is refused for its only operation. */
export const refused = (status: number, errorCode: string) => ({
  status: 200,
  body: { success: false, operations: [{ success: false, status, errorCode }] },
});

export async function plant(site: Site, data: Data = {}): Promise<Tree> {
  const tree = { sequence: newId(), shot: newId(), task: newId(), name: freshName() };
  const question = site.operations([
    folder(tree.sequence, tree.name, data),
    folder(tree.shot, 'sh010', { parentId: tree.sequence }),
    create('task', tree.task, { name: 'comp', taskType: OWN, folderId: tree.shot }),
  ]);
  await prepare(site, question, done(201, 201, 201));
  return tree;
}

export interface Published extends Tree {
  readonly product: string;
  readonly version: string;
}

/** A tree with a published version in its shot. */
export async function publish(site: Site): Promise<Published> {
  const tree = await plant(site);
  const [product, version] = [newId(), newId()];
  const question = site.operations([
    create('product', product, { name: 'renderMain', folderId: tree.shot, productType: 'render' }),
    create('version', version, { version: 1, productId: product, taskId: tree.task }),
  ]);
  await prepare(site, question, done(201, 201));
  return { ...tree, product, version };
}

/** Asks for what a check builds on; that it fails is no finding of that check. */
export async function prepare(
  site: Site,
  question: Question,
  expectation: Parameters<Site['ask']>[1],
): Promise<unknown> {
  try {
    return await site.ask(question, expectation);
  } catch (error) {
    if (error instanceof Differs) {
      const [first] = error.found;
      throw new CannotRun(
        `what it builds on could not be made: ${question.method} ${question.path} answered ${first?.found ?? ''} at ${first?.at ?? ''}`,
      );
    }
    throw error;
  }
}
