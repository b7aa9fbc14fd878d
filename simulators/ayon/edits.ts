import type { EntityKind } from './entity-kinds';
import { createEntity, deleteEntity, updateEntity } from './entity-writes';
import type { Origin } from './event-log';
import type { Json, JsonObject } from './json';
import { readOperations, runOperations } from './operations';
import { patchProject } from './project-writes';
import type { AyonStore } from './store';
import { Transaction } from './transaction';

/** Where an edit goes. */
export interface EditTarget {
  readonly project: string;
  readonly kind: EntityKind;
  readonly id: string;
}

/**
 * Edits inside the process that look exactly as if a person had made them over REST: sender type `api`, no
 * sender, events stored. `data` has the keys of REST requests (`status`, `label`, `attrib`, `assignees`, …).
 */
export interface AyonEdits {
  patch(target: EditTarget, data: JsonObject): void;
  /** @returns the id of the new entity */
  create(target: Omit<EditTarget, 'id'> & { id?: string }, data: JsonObject): string;
  remove(target: EditTarget & { force?: boolean }): void;
  patchProject(project: string, data: JsonObject): void;
  /** Runs a batch; throws nothing for a failed operation, see `success`. */
  operations(project: string, batch: { operations: Json[]; canFail?: boolean }): JsonObject;
}

/** @throws AyonFault when the user does not exist */
export function editsAs(store: AyonStore, username: string): AyonEdits {
  const origin: Origin = { user: store.user(username).name, sender: null, senderType: 'api' };
  return {
    patch: ({ project, kind, id }, data) => {
      new Transaction(store, store.project(project)).run((tx) =>
        updateEntity(tx, { kind, id, data }, origin),
      );
    },
    create: ({ project, kind, id }, data) => {
      return new Transaction(store, store.project(project)).run((tx) =>
        createEntity(tx, { kind, id, data }, origin),
      );
    },
    remove: ({ project, kind, id, force = false }) => {
      new Transaction(store, store.project(project)).run((tx) =>
        deleteEntity(tx, { kind, id, force }, origin),
      );
    },
    patchProject: (project, data) => {
      patchProject(store, { project: store.project(project), body: data }, origin);
    },
    operations: (project, batch) => {
      const request = readOperations(store, { ...batch });
      return runOperations(store, { project: store.project(project), request }, origin);
    },
  };
}
