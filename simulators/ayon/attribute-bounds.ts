import type { AttributeDefinition } from './attributes';
import type { Issue } from './errors';
import { patternIssue } from './errors';
import type { Json } from './json';

type Complaint = Omit<Issue, 'loc'>;

interface Bound {
  readonly key: 'gt' | 'ge' | 'lt' | 'le';
  readonly words: string;
  readonly holds: (value: number, bound: number) => boolean;
}

const BOUNDS: readonly Bound[] = [
  { key: 'gt', words: 'greater than', holds: (value, bound) => value > bound },
  { key: 'ge', words: 'greater than or equal to', holds: (value, bound) => value >= bound },
  { key: 'lt', words: 'less than', holds: (value, bound) => value < bound },
  { key: 'le', words: 'less than or equal to', holds: (value, bound) => value <= bound },
];

const LENGTHS = [
  {
    key: 'minLength',
    words: 'at least',
    type: 'min_length',
    holds: (length: number, n: number) => length >= n,
  },
  {
    key: 'maxLength',
    words: 'at most',
    type: 'max_length',
    holds: (length: number, n: number) => length <= n,
  },
] as const;

function numberComplaint(value: number, data: AttributeDefinition['data']): Complaint | undefined {
  for (const { key, words, holds } of BOUNDS) {
    const bound = data[key];
    // The real server leaves a bound of 0 out of its models: its description shows `lt: 50000`, never `gt: 0`.
    if (typeof bound === 'number' && bound !== 0 && !holds(value, bound)) {
      const msg = `ensure this value is ${words} ${bound}`;
      return { msg, type: `value_error.number.not_${key}`, ctx: { limit_value: bound } };
    }
  }
  return undefined;
}

function textComplaint(value: string, data: AttributeDefinition['data']): Complaint | undefined {
  for (const { key, words, type, holds } of LENGTHS) {
    const limit = data[key];
    if (typeof limit === 'number' && limit !== 0 && !holds(Array.from(value).length, limit)) {
      const msg = `ensure this value has ${words} ${limit} characters`;
      return { msg, type: `value_error.any_str.${type}`, ctx: { limit_value: limit } };
    }
  }
  const { regex } = data;
  if (typeof regex === 'string' && regex !== '' && !new RegExp(regex).test(value)) {
    const { msg, type, ctx } = patternIssue([], regex);
    return { msg, type, ...(ctx ? { ctx } : {}) };
  }
  return undefined;
}

/** What a value of the right type breaks: `gt`, `ge`, `lt`, `le`, `minLength`, `maxLength` or `regex` of its attribute. */
export function boundComplaint(value: Json, { data }: AttributeDefinition): Complaint | undefined {
  if (typeof value === 'number') {
    return numberComplaint(value, data);
  }
  return typeof value === 'string' ? textComplaint(value, data) : undefined;
}
