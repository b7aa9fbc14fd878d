import { refusal } from '../../../../src/clients/ayon/errors';
import { unreachable } from '../../../../src/clients/ayon/network';
import { codeOf } from '../../../../src/errors';

const answer = (status: number, body = '', retryAfter: string | null = null) =>
  refusal({ status, body, call: 'GET /api/x', retryAfter });

describe('what AYON’s answers mean', () => {
  test.each([
    [401, '', 'ayon-refused-key'],
    [403, '', 'ayon-refused-key'],
    [429, '', 'ayon-overloaded'],
    [503, '', 'ayon-overloaded'],
    [502, '<html></html>', 'ayon-unreachable'],
    [504, '', 'ayon-unreachable'],
    [500, '<html>nginx</html>', 'ayon-unreachable'],
    [500, '{"code":409,"error":"unique-violation"}', 'ayon-conflict'],
    [500, 'Internal Server Error', 'ayon-server-error'],
    [409, '{"code":409}', 'ayon-conflict'],
    [400, '{"detail":"bad"}', 'ayon-rejected'],
    [404, '', 'ayon-rejected'],
  ])('%i %s is %s', (status, body, code) => {
    expect(codeOf(answer(status, body))).toBe(code);
  });

  test('the wait that AYON asks for is kept', () => {
    expect(answer(429, '', '7').details).toEqual([{ retryAfterMs: 7000 }]);
  });

  test('a message names the call and the server’s words, but not a whole page', () => {
    expect(answer(400, '{"detail":"no such thing"}').message).toContain('no such thing');
    expect(answer(502, '<html>secret</html>').message).not.toContain('secret');
    expect(answer(500, 'x'.repeat(5000)).message.length).toBeLessThan(500);
  });

  test.each([
    ['ENOTFOUND', 'no such host is known'],
    ['EAI_AGAIN', 'the name service does not answer'],
    ['CERT_HAS_EXPIRED', "put this machine's clock right"],
    ['CERT_NOT_YET_VALID', "put this machine's clock right"],
    ['EWHATEVER', 'check AYON_SERVER_URL'],
  ])('a request without answer says what to do: %s', (code, words) => {
    const cause = Object.assign(new Error('x'), { code });

    const { message } = unreachable(
      { call: 'GET /api/x', server: 'http://ayon' },
      new TypeError('fetch failed', { cause }),
    );

    expect(message).toContain(words);
    expect(message).toContain(code);
  });

  test('a request without answer says why', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

    const call = { call: 'GET /api/x', server: 'http://ayon' };

    expect(unreachable(call, new TypeError('fetch failed', { cause: refused })).message).toContain(
      'ECONNREFUSED',
    );
  });
});
