import * as fc from 'fast-check';
import { ackFrame, eventFrame, parseFrame } from '../../../../../src/clients/ftrack/hub/frames';

describe('frames of Socket.IO 0.9', () => {
  it.each([
    ['0::', { type: 'disconnect' }],
    ['1::', { type: 'connect' }],
    ['2::', { type: 'heartbeat' }],
    ['2:::', { type: 'heartbeat' }],
    ['3:::hello', { type: 'message' }],
    ['4:::{}', { type: 'json' }],
    ['8::', { type: 'noop' }],
    ['7:::1+0', { type: 'error', reason: '1+0' }],
    ['7:::', { type: 'error', reason: '' }],
    [
      '5:::{"name":"ftrack.event","args":[{"id":"a"}]}',
      { type: 'event', name: 'ftrack.event', args: [{ id: 'a' }] },
    ],
    ['5:1+::{"name":"ftrack.event","args":[1]}', { type: 'event', name: 'ftrack.event', args: [1], id: '1' }],
    ['5:7::{"name":"x"}', { type: 'event', name: 'x', args: [], id: '7' }],
    ['5:::{"name":"x","args":[{"text":"a:b\\n"}]}', { type: 'event', name: 'x', args: [{ text: 'a:b\n' }] }],
    ['6:::4+[{"success":true}]', { type: 'ack', id: '4', args: [{ success: true }] }],
    ['6:::4', { type: 'ack', id: '4', args: [] }],
  ])('reads %s', (text, frame) => {
    expect(parseFrame(text)).toEqual(frame);
  });

  it.each([
    '',
    'x',
    '9::',
    '5',
    '5:::',
    '5:::{',
    '5:::[]',
    '5:::{"name":1}',
    '6:::',
    '6:::x',
    '6:::1+{}',
    '10::',
  ])('calls %j malformed', (text) => {
    expect(parseFrame(text)).toEqual({ type: 'malformed' });
  });

  it('writes events and acknowledgements byte for byte', () => {
    expect(eventFrame({ topic: 'a' })).toBe('5:::{"name":"ftrack.event","args":[{"topic":"a"}]}');
    expect(eventFrame({ topic: 'a' }, 3)).toBe('5:3+::{"name":"ftrack.event","args":[{"topic":"a"}]}');
    expect(ackFrame('1')).toBe('6:::1');
  });

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9]:[0-9+]*:[a-z]*(:.*)?$/)), (text) => {
        expect(typeof parseFrame(text).type).toBe('string');
      }),
    );
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (event) => {
        const plain: unknown = JSON.parse(JSON.stringify(event));
        expect(parseFrame(eventFrame(event))).toEqual({ type: 'event', name: 'ftrack.event', args: [plain] });
      }),
    );
  });
});
