import { validationError } from '../errors';
import type { ScalarAttribute } from '../schema/notation';
import type { Value } from '../values';
import { folded, parseDatetime } from '../values';
import type { Literal, Operator } from './ast';

export type ValueTest = (value: Value) => boolean;

type Comparable = string | number | boolean;

/** Literal and stored values of an attribute brought to one form, in which they can be compared. */
interface Conversion {
  readonly literal: (text: string) => Comparable;
  readonly stored: (value: Value) => Comparable | undefined;
}

/** Ids compare exactly, because indexes do; other text ignores case. */
export function isIdentifier(attribute: ScalarAttribute): boolean {
  return attribute.target !== undefined || attribute.type === 'fk' || /(^|_)id$/.test(attribute.name);
}

/** Length of `YYYY-MM-DDTHH:MM:SS`: moments compare by the second. */
export const wholeSeconds = 19;

function misfit(text: string, attribute: string, expected: string): Error {
  return validationError(`Value ${JSON.stringify(text)} compared with ${attribute} is not ${expected}.`);
}

function moment(text: string, attribute: string): string {
  const parsed = parseDatetime(text);
  if (parsed === undefined) {
    throw misfit(text, attribute, 'a datetime');
  }
  return parsed.slice(0, wholeSeconds);
}

function number(text: string, attribute: string): number {
  const parsed = Number(text);
  if (text.trim() === '' || Number.isNaN(parsed)) {
    throw misfit(text, attribute, 'a number');
  }
  return parsed;
}

function boolean(text: string, attribute: string): boolean {
  const lower = folded(text);
  if (!['true', 'false', '1', '0'].includes(lower)) {
    throw misfit(text, attribute, 'true or false');
  }
  return lower === 'true' || lower === '1';
}

function textConversion(attribute: ScalarAttribute): Conversion {
  const literal = isIdentifier(attribute) ? (text: string) => text : folded;
  return { literal, stored: (value) => (typeof value === 'string' ? literal(value) : undefined) };
}

function conversion(attribute: ScalarAttribute): Conversion {
  const { name } = attribute;
  switch (attribute.type) {
    case 'dt':
      return {
        literal: (text) => moment(text, name),
        stored: (value) => (typeof value === 'string' ? value.slice(0, wholeSeconds) : undefined),
      };
    case 'int':
    case 'num':
      return {
        literal: (text) => number(text, name),
        stored: (value) => (typeof value === 'number' ? value : undefined),
      };
    case 'bool':
      return {
        literal: (text) => boolean(text, name),
        stored: (value) => (typeof value === 'boolean' ? value : undefined),
      };
    case 'str':
    case 'fk':
    case 'json':
    case 'var':
    case 'obj':
      return textConversion(attribute);
  }
}

function compare(operator: Operator, left: Comparable, right: Comparable): boolean {
  switch (operator) {
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    case '>':
      return left > right;
    case '<':
      return left < right;
    case '>=':
      return left >= right;
    case '<=':
      return left <= right;
    case 'like':
    case 'not_like':
      return false;
  }
}

/** Whether text fits a pattern, in which `%` stands for any characters, ignoring case; in linear time. */
function likeTest(pattern: string): (text: string) => boolean {
  const [head = '', ...rest] = folded(pattern).split('%');
  const tail = rest.pop();
  return (text) => {
    const lower = folded(text);
    if (tail === undefined) {
      return lower === head;
    }
    let from = head.length;
    for (const part of rest) {
      const at = lower.indexOf(part, from);
      if (at < 0) {
        return false;
      }
      from = at + part.length;
    }
    return lower.startsWith(head) && lower.length - tail.length >= from && lower.endsWith(tail);
  };
}

function likeValueTest(pattern: string): ValueTest {
  const matches = likeTest(pattern);
  return (value) => value !== null && matches(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Custom attribute values are of any type: true also as `1`, lists by their elements. */
function variableForms(value: Value): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(variableForms);
  }
  if (typeof value === 'boolean') {
    return value ? ['true', '1'] : ['false', '0'];
  }
  return value === null ? [] : [folded(typeof value === 'string' ? value : JSON.stringify(value))];
}

const looksLikeDate = /^\d{4}-\d\d-\d\d/;

/** Numbers compare as numbers and dates as dates where both sides are such, everything else as text. */
function variableTest(operator: Operator, literal: string): ValueTest {
  const wanted = folded(literal);
  const numeric = literal.trim() === '' ? Number.NaN : Number(literal);
  const date = parseDatetime(literal)?.slice(0, wholeSeconds);
  return (value) => {
    if (typeof value === 'number' && !Number.isNaN(numeric)) {
      return compare(operator, value, numeric);
    }
    if (date !== undefined && typeof value === 'string' && looksLikeDate.test(value)) {
      return compare(operator, parseDatetime(value)?.slice(0, wholeSeconds) ?? value, date);
    }
    const forms = variableForms(value);
    return operator === '!='
      ? !forms.includes(wanted)
      : forms.some((form) => compare(operator, form, wanted));
  };
}

const isVariable = ({ type }: ScalarAttribute): boolean => type === 'var' || type === 'obj';

/** The test that one comparison makes on values of one attribute. */
export function valueTest(attribute: ScalarAttribute, operator: Operator, literal: Literal): ValueTest {
  if (literal === null) {
    return (value) => (operator === '=' ? value === null : operator === '!=' && value !== null);
  }
  if (operator === 'like' || operator === 'not_like') {
    const matches = likeValueTest(literal);
    return operator === 'like' ? matches : (value) => !matches(value);
  }
  if (isVariable(attribute)) {
    return variableTest(operator, literal);
  }
  const { literal: convert, stored } = conversion(attribute);
  const wanted = convert(literal);
  return (value) => {
    const comparable = stored(value);
    return comparable === undefined ? operator === '!=' : compare(operator, comparable, wanted);
  };
}

/** Membership in a list of literals. */
export function memberTest(attribute: ScalarAttribute, literals: readonly Literal[]): ValueTest {
  if (isVariable(attribute)) {
    const tests = literals.map((literal) => valueTest(attribute, '=', literal));
    return (value) => tests.some((test) => test(value));
  }
  const { literal: convert, stored } = conversion(attribute);
  const wanted = new Set<Comparable>();
  for (const literal of literals) {
    if (literal !== null) {
      wanted.add(convert(literal));
    }
  }
  const withNull = literals.includes(null);
  return (value) => {
    const comparable = stored(value);
    return comparable === undefined ? withNull && value === null : wanted.has(comparable);
  };
}
