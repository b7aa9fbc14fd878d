/**
 * An error as the server reports it: the whole answer becomes one object. `status` is the HTTP status in strict mode;
 * without strict mode the server answers 200.
 */
export class FtrackError extends Error {
  readonly exception: string;
  readonly status: number;
  readonly errorCode: string | null;

  constructor(exception: string, content: string, details: { status?: number; errorCode?: string } = {}) {
    super(content);
    this.exception = exception;
    this.status = details.status ?? 400;
    this.errorCode = details.errorCode ?? null;
  }
}

export function parseError(content: string): FtrackError {
  return new FtrackError('ParseError', content, { status: 422 });
}

export function validationError(content: string): FtrackError {
  return new FtrackError('ValidationError', content, { status: 422 });
}

export function integrityError(content: string): FtrackError {
  return new FtrackError('IntegrityError', content, { status: 409 });
}

export function duplicateError(content: string): FtrackError {
  return new FtrackError('DuplicateEntryError', content, { status: 409 });
}

export function permissionError(content: string): FtrackError {
  return new FtrackError('PermissionError', content, { status: 403 });
}

export function credentialsError(): FtrackError {
  return new FtrackError('InvalidCredentialsError', 'The supplied API key is not valid.', {
    status: 401,
    errorCode: 'api_credentials_invalid',
  });
}
