import { z } from 'zod';
import type { AyonNode, Json } from '../../domain/model';

/** A product of AYON: what versions of one kind are published under, in a folder. */
export interface AyonProduct {
  readonly id: string;
  readonly name: string;
  readonly folderId: string;
  readonly type: string;
  readonly active: boolean;
  readonly status: string;
  /** Effective values, inherited ones included. */
  readonly attrib: Readonly<Record<string, Json>>;
}

/** A version of a product. */
export interface AyonVersion {
  readonly id: string;
  readonly version: number;
  readonly productId: string;
  readonly taskId: string | null;
  readonly author: string | null;
  readonly active: boolean;
  readonly status: string;
  /** Effective values, inherited ones included. */
  readonly attrib: Readonly<Record<string, Json>>;
}

/** Text of a JSON object, which is how GraphQL gives attributes. */
const Attributes = z.string().transform((text, context): Readonly<Record<string, Json>> => {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    context.addIssue('is no JSON object');
    return z.NEVER;
  }
  return value as Readonly<Record<string, Json>>;
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const Common = { id: z.string(), active: z.boolean(), status: z.string(), allAttrib: Attributes };
const Named = {
  ...Common,
  name: z.string(),
  label: z.string().nullish(),
  path: z.string().nullish(),
  ownAttrib: z.array(z.string()),
  updatedBy: z.string().nullish(),
  updatedAt: z.string(),
};
const COMMON = 'id active status allAttrib';
const NAMED = `${COMMON} name label path ownAttrib updatedBy updatedAt`;

const named = (node: z.infer<z.ZodObject<typeof Named>>) => ({
  id: node.id,
  name: node.name,
  label: node.label ?? null,
  path: `/${(node.path ?? node.name).replace(/^\/+/, '')}`,
  active: node.active,
  status: node.status,
  attrib: node.allAttrib,
  ownAttrib: node.ownAttrib,
  updatedBy: node.updatedBy ?? null,
  updatedAt: node.updatedAt,
});

const FolderNode = z
  .object({
    ...Named,
    folderType: z.string(),
    parentId: z.string().nullish(),
    hasVersions: z.boolean(),
  })
  .transform(
    (node): AyonNode => ({
      ...named(node),
      kind: 'folder',
      type: node.folderType,
      parentId: node.parentId ?? null,
      assignees: [],
      hasVersions: node.hasVersions,
    }),
  );

const TaskNode = z
  .object({ ...Named, taskType: z.string(), folderId: z.string(), assignees: z.array(z.string()) })
  .transform(
    (node): AyonNode => ({
      ...named(node),
      kind: 'task',
      type: node.taskType,
      parentId: node.folderId,
      assignees: node.assignees,
      hasVersions: false,
    }),
  );

const ProductNode = z
  .object({ ...Common, name: z.string(), folderId: z.string(), productType: z.string() })
  .transform(
    ({ allAttrib, productType, ...node }): AyonProduct => ({ ...node, type: productType, attrib: allAttrib }),
  );

const VersionNode = z
  .object({
    ...Common,
    version: z.int(),
    productId: z.string(),
    taskId: z.string().nullish(),
    author: z.string().nullish(),
  })
  .transform(
    ({ allAttrib, taskId, author, ...node }): AyonVersion => ({
      ...node,
      taskId: taskId ?? null,
      author: author ?? null,
      attrib: allAttrib,
    }),
  );

/** Lists of a project's GraphQL: the fields to select of each node, and what becomes of one. */
export const LISTS = {
  folders: { fields: `${NAMED} folderType parentId hasVersions`, schema: FolderNode },
  tasks: { fields: `${NAMED} taskType folderId assignees`, schema: TaskNode },
  products: { fields: `${COMMON} name folderId productType`, schema: ProductNode },
  versions: { fields: `${COMMON} version productId taskId author`, schema: VersionNode },
} as const;

export type ListName = keyof typeof LISTS;
export type Listed<List extends ListName> = z.infer<(typeof LISTS)[List]['schema']>;
