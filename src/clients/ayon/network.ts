import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../errors';

/** How to mend what each code of Node's network means. */
const HINTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host is known; correct the host in AYON_SERVER_URL, or the name service',
  EAI_AGAIN: 'the name service does not answer; check the network and the host in AYON_SERVER_URL',
  ECONNREFUSED: 'nothing listens there; check the port in AYON_SERVER_URL and that the server runs',
  EHOSTUNREACH: 'no way leads to that host; check the network and AYON_SERVER_URL',
  ENETUNREACH: 'no way leads to that host; check the network and AYON_SERVER_URL',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'that port does not speak https; check the scheme and port of AYON_SERVER_URL',
  HPE_INVALID_CONSTANT: 'that port does not speak http; check the scheme and port of AYON_SERVER_URL',
  CERT_HAS_EXPIRED: "the server's certificate has expired; renew it, or put this machine's clock right",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet; put this machine's clock right",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is its own; name it in NODE_EXTRA_CA_CERTS",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate has an unknown issuer; name it in NODE_EXTRA_CA_CERTS",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "the server's certificate has an unknown issuer; name it in NODE_EXTRA_CA_CERTS",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the server's certificate is for another host; correct the host in AYON_SERVER_URL",
};

const GENERAL = 'check AYON_SERVER_URL and that the server runs';

/** Codes of a connection that broke after it had stood, such as one that AYON closed because it was idle. */
const CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

export interface NoAnswer {
  /** Method and path, for people. */
  readonly call: string;
  /** Where the server should be, without credentials. */
  readonly server: string;
}

/** A request that got no answer: refused, cut off or too slow. */
export function unreachable({ call, server }: NoAnswer, error: unknown): ApplicationFailure {
  const reason = reasonOf(error);
  const hint = HINTS[reason] ?? GENERAL;
  return failure('ayon-unreachable', `${call} at AYON got no answer from ${server} (${reason}): ${hint}`);
}

/** Whether the connection broke, so that the same question may simply be asked again. */
export const wasClosed = (error: unknown): boolean => causes(error).some(({ code }) => CLOSED.has(code));

/** Whether the network failed, and not our own code. */
export function isNetworkError(error: unknown): boolean {
  const [{ name, message } = { name: '', message: '' }] = causes(error);
  return name === 'TypeError' ? /^(?:fetch failed|terminated)$/.test(message) : name in TOO_SLOW;
}

const TOO_SLOW: Readonly<Record<string, string>> = {
  TimeoutError: 'no answer in time',
  AbortError: 'given up',
};

function reasonOf(error: unknown): string {
  const chain = causes(error);
  const coded = chain.find(({ code }) => code !== '');
  const slow = chain.map(({ name }) => TOO_SLOW[name]).find((each) => each !== undefined);
  return slow ?? coded?.code ?? chain.at(-1)?.message ?? String(error);
}

interface Cause {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

const DEEPEST = 5;

/** The error and what it was caused by. Read by its fields: an error of Node's own `fetch` may be of another realm. */
function causes(error: unknown): Cause[] {
  const found: Cause[] = [];
  for (let each = error; typeof each === 'object' && each !== null && found.length < DEEPEST; ) {
    const { name, code, message, cause } = each as Record<string, unknown>;
    found.push({
      name: typeof name === 'string' ? name : '',
      code: typeof code === 'string' ? code : '',
      message: typeof message === 'string' ? message : '',
    });
    each = cause;
  }
  return found;
}
