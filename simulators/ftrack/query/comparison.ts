import { validationError } from '../errors';
import type { ScalarAttribute } from '../schema/notation';
import type { Value } from '../values';
import { folded, parseDatetime } from '../values';
import type { Literal, Operator } from './ast';

export type ValueTest = (value: Value) => boolean;

type Comparable = string | number | boolean;

/** Ids compare exactly, because indexes do; other text ignores case. */
function isIdentifier(attribute: ScalarAttribute): boolean {
  return attribute.target !== undefined || /(^|_)id$/.test(attribute.name);
}

function seconds(text: string, attribute: string): number {
  const parsed = parseDatetime(text);
  if (parsed === undefined) {
    throw validationError(`Value ${JSON.stringify(text)} compared with ${attribute} is not a datetime.`);
  }
  return Math.floor(Date.parse(`${parsed.slice(0, 19)}Z`) / 1000);
}

function number(text: string, attribute: string): number {
  const parsed = Number(text);
  if (text.trim() === '' || Number.isNaN(parsed)) {
    throw validationError(`Value ${JSON.stringify(text)} compared with ${attribute} is not a number.`);
  }
  return parsed;
}

function boolean(text: string, attribute: string): boolean {
  const lower = folded(text);
  if (!['true', 'false', '1', '0'].includes(lower)) {
    throw validationError(`Value ${JSON.stringify(text)} compared with ${attribute} is not true or false.`);
  }
  return lower === 'true' || lower === '1';
}

/** The literal and stored values of this attribute brought to one comparable form. */
function conversion(attribute: ScalarAttribute): {
  literal: (text: string) => Comparable;
  stored: (value: Value) => Comparable | undefined;
} {
  const { name } = attribute;
  switch (attribute.type) {
    case 'dt':
      return {
        literal: (text) => seconds(text, name),
        stored: (value) => (typeof value === 'string' ? seconds(value, name) : undefined),
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
    case 'obj': {
      const fold = isIdentifier(attribute) ? (text: string) => text : folded;
      return { literal: fold, stored: (value) => (typeof value === 'string' ? fold(value) : undefined) };
    }
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

function likePattern(text: string): RegExp {
  const parts = text.split('%').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`, 'i');
}

/** Custom attribute values are of any type: numbers by value, true as `true` or `1`, lists by their elements. */
function variableForm(value: Value): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(variableForm);
  }
  if (typeof value === 'boolean') {
    return value ? ['true', '1'] : ['false', '0'];
  }
  return value === null ? [] : [folded(typeof value === 'string' ? value : JSON.stringify(value))];
}

function variableTest(operator: Operator, literal: string): ValueTest {
  const wanted = folded(literal);
  const numeric = Number(literal);
  return (value) => {
    if (typeof value === 'number' && literal.trim() !== '' && !Number.isNaN(numeric)) {
      return compare(operator, value, numeric);
    }
    const forms = variableForm(value);
    return operator === '!='
      ? !forms.includes(wanted)
      : forms.some((form) => compare(operator, form, wanted));
  };
}

/** The test that one comparison makes on values of one attribute. */
export function valueTest(attribute: ScalarAttribute, operator: Operator, literal: Literal): ValueTest {
  if (literal === null) {
    return (value) => (operator === '=' ? value === null : operator === '!=' && value !== null);
  }
  if (operator === 'like' || operator === 'not_like') {
    const pattern = likePattern(literal);
    return (value) =>
      (value !== null && pattern.test(typeof value === 'string' ? value : JSON.stringify(value))) ===
      (operator === 'like');
  }
  if (attribute.type === 'var' || attribute.type === 'obj') {
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
  if (attribute.type === 'var' || attribute.type === 'obj') {
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
