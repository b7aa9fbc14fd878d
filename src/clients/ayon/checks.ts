import type { ListEntry } from '../../domain/model';
import { failure } from '../../errors';

/** AYON refuses a longer comment; counted in characters as people see them, not in UTF-16 units. */
const MAX_COMMENT = 2_000;
const MAX_LIST_NAME = 100;

/** Why a name can be no AYON project; undefined: it can. */
export const projectNameProblem = (name: string): string | undefined =>
  /^[a-zA-Z0-9_]+$/.test(name)
    ? undefined
    : `"${name}" can be no AYON project: its name has letters, digits and "_" only; correct the name`;

/** Why AYON would refuse a project's label; undefined: it would not. */
export const projectLabelProblem = (label: string): string | undefined =>
  /[';]/.test(label)
    ? `AYON refuses ' and ; in the label of a project, as in "${label}"; rename the project in ftrack`
    : undefined;

/** Why AYON would refuse a comment; undefined: it would not. */
export function commentProblem(body: string): string | undefined {
  const length = Array.from(body).length;
  if (body.trim() === '') {
    return 'A comment without text cannot be written to AYON; leave it out';
  }
  return length > MAX_COMMENT
    ? `A comment of ${length} characters cannot be written to AYON, which takes ${MAX_COMMENT}; shorten or split it`
    : undefined;
}

/**
 * Why AYON would refuse a project's list of statuses or types; undefined: it would not. Two names that differ in case
 * only make it fail with a sentence about its database.
 */
export function listProblem(list: string, entries: readonly ListEntry[]): string | undefined {
  const seen = new Map<string, string>();
  for (const { name } of entries) {
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined) {
      return `"${twin}" and "${name}" cannot both be in a project's ${list}: AYON ignores case there; rename one of them`;
    }
    if (name.trim() === '' || Array.from(name).length > MAX_LIST_NAME) {
      return `"${name}" can be no name in a project's ${list}: AYON takes 1 to ${MAX_LIST_NAME} characters; rename it`;
    }
    seen.set(name.toLowerCase(), name);
  }
  return undefined;
}

/** Refuses up front what AYON would refuse, often with a sentence about something else. @throws `value-invalid` */
export function refuse(...problems: readonly (string | undefined)[]): void {
  const problem = problems.find((each) => each !== undefined);
  if (problem !== undefined) {
    throw failure('value-invalid', problem);
  }
}
