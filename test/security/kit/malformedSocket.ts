import fc from 'fast-check';

import { cutOrSpoilt, malformedParams, withMember } from './malformedJson.ts';

/** The messages of a client on a WebSocket. Bytes are sent as a binary frame. */
export type Talk = (string | Buffer)[];

const type = fc.constantFrom(
  'subscribe',
  'subscribe',
  'subscribe',
  'complete',
  'ping',
  'pong',
  'next',
  'error',
  'connection_ack',
  'connection_init',
  '__proto__',
  '',
);
const id = fc.constantFrom(
  '"1"',
  '"1"',
  '"2"',
  '""',
  '"__proto__"',
  '"\\ud800"',
  'null',
  '1',
  '[]',
  '{}',
  `"${'x'.repeat(300)}"`,
);

const message = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({ type, id, payload: malformedParams })
      .map(({ type: said, id: of, payload }) => `{"type":"${said}","id":${of},"payload":${payload}}`),
  },
  { weight: 2, arbitrary: malformedParams.map((params) => withMember({ type: 'subscribe' }, 'payload', params)) },
  { weight: 1, arbitrary: malformedParams },
  {
    weight: 1,
    arbitrary: cutOrSpoilt(fc.constant('{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}')),
  },
);

const said = fc.oneof(
  { weight: 8, arbitrary: message },
  { weight: 1, arbitrary: message.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
);

const beginning = fc.oneof(
  { weight: 8, arbitrary: fc.constant('{"type":"connection_init"}') },
  { weight: 2, arbitrary: malformedParams.map((payload) => `{"type":"connection_init","payload":${payload}}`) },
);

export const malformedTalk: fc.Arbitrary<Talk> = fc
  .tuple(beginning, fc.array(said, { minLength: 1, maxLength: 4 }))
  .map(([first, others]) => [first, ...others]);

/** Random bytes after an upgrade, which are hardly ever valid frames. */
export const malformedFrames: fc.Arbitrary<Buffer> = fc
  .uint8Array({ minLength: 1, maxLength: 60 })
  .map((bytes) => Buffer.from(bytes));
