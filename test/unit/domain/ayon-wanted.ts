import type { OperationsPlan, Refusal } from '../../../src/domain/ayon-plan';
import type { Sibling } from '../../../src/domain/ayon-shapes';
import type { AyonOperation } from '../../../src/domain/model';

/** A readable id of 32 digits. */
export const id = (number: number): string => number.toString(16).padStart(32, '0');

export const folder = (
  number: number,
  name: string,
  more: { parent?: number; type?: AyonOperation['type']; data?: object } = {},
): AyonOperation => ({
  type: more.type ?? 'create',
  entityType: 'folder',
  entityId: id(number),
  data: { name, ...(more.parent === undefined ? {} : { parentId: id(more.parent) }), ...more.data },
  path: `p/${name}`,
});

export const update = (number: number, data: object, path = `p/${number}`): AyonOperation => ({
  type: 'update',
  entityType: 'folder',
  entityId: id(number),
  data: { ...data },
  path,
});

export const remove = (number: number, path = `p/${number}`): AyonOperation => ({
  type: 'delete',
  entityType: 'folder',
  entityId: id(number),
  data: {},
  path,
});

export const other = (
  entityType: AyonOperation['entityType'],
  number: number,
  data: Record<string, unknown>,
): AyonOperation => ({ type: 'create', entityType, entityId: id(number), data, path: `p/${number}` });

export const sibling = (number: number, name: string, more: Partial<Sibling> = {}): Sibling => ({
  entityType: 'folder',
  id: id(number),
  name,
  parentId: null,
  active: true,
  path: `p/${name}`,
  ...more,
});

export const numbers = ({ operations }: OperationsPlan): number[] =>
  operations.map(({ entityId }) => Number.parseInt(entityId, 16));
export const refusals = ({ outcomes }: OperationsPlan): Refusal[] =>
  outcomes.filter((each) => typeof each !== 'number');
export const sentences = (plan: OperationsPlan): string[] => refusals(plan).map(({ sentence }) => sentence);
