import type { Json, JsonObject } from './json';

/** An HTTP answer that ends a request early; `body` is sent as it is. */
export class AyonFault extends Error {
  readonly status: number;
  readonly body: Json;

  constructor(status: number, body: Json) {
    super(`AYON simulator answers ${status}: ${JSON.stringify(body)}`);
    this.name = 'AyonFault';
    this.status = status;
    this.body = body;
  }
}

/** The plain error body: `{code, detail}` with the code as HTTP status. */
export function fault(code: number, detail: string, more: JsonObject = {}): AyonFault {
  return new AyonFault(code, { code, detail, ...more });
}

/** What an exception that nobody caught looks like on the real server. */
export function unhandled(detail: string): AyonFault {
  return new AyonFault(500, { status: 500, detail, traceback: 'Traceback (most recent call last): …' });
}

/** One complaint of request validation, in the words of the server's validator. */
export interface Issue {
  loc: string[];
  msg: string;
  type: string;
  ctx?: JsonObject;
}

/** A request that failed validation: HTTP 400 with one entry per complaint. */
export function invalidRequest(at: { method: string; path: string }, issues: Issue[]): AyonFault {
  return fault(400, `Request validation error in [${at.method}] ${at.path}`, {
    path: at.path,
    traceback: 'Traceback (most recent call last): …',
    errors: issues.map(({ loc, msg, type, ctx }) => ({ loc, msg, type, ...(ctx ? { ctx } : {}) })),
  });
}

/** The complaint about a field that is not there. */
export function missingIssue(loc: string[]): Issue {
  return { loc, msg: 'field required', type: 'value_error.missing' };
}

/** The complaint about a text that does not match the pattern it must match. */
export function patternIssue(loc: string[], pattern: string): Issue {
  const msg = `string does not match regex "${pattern}"`;
  return { loc, msg, type: 'value_error.str.regex', ctx: { pattern } };
}

/** Complaints about parts of a model, told of the body that it came in. */
export function bodyIssues(issues: readonly Issue[]): Issue[] {
  return issues.map((issue) => ({ ...issue, loc: ['body', ...issue.loc] }));
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** One line of a validation message as operations and uncaught errors print it. */
function issueText(issue: Issue): string {
  const context = Object.entries(issue.ctx ?? {}).map(([key, value]) => `; ${key}=${textOf(value)}`);
  return `${issue.loc.join(' -> ')}\n  ${issue.msg} (type=${issue.type}${context.join('')})`;
}

/** All complaints about one model as the validator prints them. */
export function issuesText(model: string, issues: Issue[]): string {
  const count = `${issues.length} validation error${issues.length === 1 ? '' : 's'}`;
  return `${count} for ${model}\n${issues.map((issue) => issueText(issue)).join('\n')}`;
}

/** The `errorCode` of an operation that failed. */
export type EntityErrorCode =
  | 'invalid_data'
  | 'forbidden'
  | 'not-found'
  | 'unique-violation'
  | 'foreign-key-violation'
  | 'delete-folder-with-children';

const STATUS: Record<EntityErrorCode, number> = {
  invalid_data: 400,
  forbidden: 403,
  'not-found': 404,
  'unique-violation': 409,
  'foreign-key-violation': 409,
  'delete-folder-with-children': 409,
};

/**
 * A write that the data refuse. Operations report it per operation; single-entity endpoints answer it as
 * an HTTP status, and creates and admin endpoints as the odd HTTP 500 with `code: 409` in the body.
 */
export class EntityError extends Error {
  readonly code: EntityErrorCode;
  readonly status: number;
  readonly issues: Issue[];

  constructor(code: EntityErrorCode, detail: string, issues: Issue[] = []) {
    super(detail);
    this.name = 'EntityError';
    this.code = code;
    this.status = STATUS[code];
    this.issues = issues;
  }
}

/** The odd answer for a broken constraint: HTTP 500, and the true code in the body only. */
export function constraintFault(error: EntityError): AyonFault {
  return new AyonFault(500, { code: error.status, error: error.code, detail: error.message });
}
