import type { StudioAttribute, StudioAttributeType, StudioValue } from './types';

/** What carries custom attribute values. */
export interface ValueHolder {
  readonly id: string;
  /** As ftrack's API calls it: `Project`, `Shot`, `User`, `AssetVersion`, `TypedContextList` … */
  readonly type: string;
  /** Name of its project; undefined for users. */
  readonly project: string | undefined;
}

const configuredOn: Readonly<Record<string, StudioAttribute['entityType']>> = {
  Project: 'show',
  User: 'user',
  AssetVersion: 'assetversion',
  Asset: 'asset',
  TypedContextList: 'list',
  AssetVersionList: 'list',
};

function fits(attribute: StudioAttribute, { type, project }: Omit<ValueHolder, 'id'>): boolean {
  if (attribute.project !== undefined && attribute.project !== project) {
    return false;
  }
  const entityType = configuredOn[type] ?? 'task';
  if (attribute.hierarchical) {
    return entityType !== 'list' && entityType !== 'user';
  }
  return attribute.entityType === entityType && (attribute.objectType ?? type) === type;
}

/** The attributes that such an entity has; one of its own project hides one of all projects with the same key. */
export function attributesFor(
  attributes: readonly StudioAttribute[],
  holder: Omit<ValueHolder, 'id'>,
): ReadonlyMap<string, StudioAttribute> {
  const fitting = attributes.filter((attribute) => fits(attribute, holder));
  const own = fitting.filter(({ project }) => project !== undefined);
  const general = fitting.filter(({ project }) => project === undefined);
  // The last one wins in a map, the first one among equals.
  return new Map(
    [...general.toReversed(), ...own.toReversed()].map((attribute) => [attribute.key, attribute]),
  );
}

/** Whether a text is a day of the calendar, YYYY-MM-DD. */
export function isDay(text: string): boolean {
  const epoch = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  // The parser takes the 31st of every month for a day.
  return !Number.isNaN(epoch) && new Date(epoch).toISOString().startsWith(text);
}

function choiceProblem(attribute: StudioAttribute, value: StudioValue): string | undefined {
  const chosen = Array.isArray(value) ? value : [value];
  const options = (attribute.options ?? []).map((option) => option.value);
  const wrong = chosen.find((each) => typeof each !== 'string' || !options.includes(each));
  if (wrong !== undefined) {
    return `${JSON.stringify(wrong)} is none of its options (${options.join(', ')})`;
  }
  const isTooMuch = chosen.length > 1 && attribute.multiSelect !== true;
  return isTooMuch ? 'takes one option only' : undefined;
}

function numberProblem({ decimal = false }: StudioAttribute, value: StudioValue): string | undefined {
  const isNumber = typeof value === 'number' && (decimal || Number.isInteger(value));
  return isNumber ? undefined : `must be a ${decimal ? '' : 'whole '}number`;
}

const valueProblems: Readonly<
  Partial<Record<StudioAttributeType, (attribute: StudioAttribute, value: StudioValue) => string | undefined>>
> = {
  number: numberProblem,
  boolean: (_, value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  date: (_, value) =>
    typeof value === 'string' && isDay(value) ? undefined : 'must be a day like 2026-03-31',
  enumerator: choiceProblem,
  // Its options are not known here.
  'dynamic enumerator': (_, value) =>
    typeof value === 'string' || Array.isArray(value) ? undefined : 'must be a text or a list of texts',
};

/** Why an attribute cannot have a value, as the end of a sentence; undefined when it can. */
export function valueProblem(attribute: StudioAttribute, value: StudioValue): string | undefined {
  if (value === null) {
    return undefined;
  }
  const check = valueProblems[attribute.type];
  return check ? check(attribute, value) : typeof value === 'string' ? undefined : 'must be a text';
}
