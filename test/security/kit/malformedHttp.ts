import fc from 'fast-check';

import { malformedDocument, malformedParams } from './malformedJson.ts';

const method = fc.constantFrom(
  'POST',
  'POST',
  'POST',
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'PATCH',
  'BREW',
  'post',
);
const target = fc.constantFrom(
  '/graphql',
  '/graphql',
  '/graphql',
  '/graphql?',
  '/graphql/',
  '/graphql?query=%',
  '/graphql?query=%7B__typename%7D&variables=[1',
  '/graphql?query=%7B__typename%7D&variables=1&extensions=null',
  '/graphql?query=%7B__typename%7D&documentId=a&documentId=b',
  '/graphql?__proto__=1&query=a',
  '/graphql?query=%ff%fe%c0%80',
  '//graphql',
  '/%67raphql',
  '/graphql%00',
  '/health?x',
  'http://[::bad/graphql',
  'http://%%%/graphql',
  'http://a:b@c:99999/graphql',
  '*',
  '/../graphql',
);
const contentType = fc.constantFrom(
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/json; charset=',
  'application/graphql',
  'application/graphql+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=',
  'multipart/form-data',
  'text/plain',
  ';;;',
  'a/b/c',
  '',
);
const accept = fc.constantFrom(
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'text/event-stream',
  'multipart/mixed',
  'multipart/mixed;deferSpec=20220824',
  'text/html',
  'application/json;q=a, */*;q=0',
  ',,,;=;',
  '',
);
const otherHeader = fc.constantFrom(
  'x-graphql-yoga-csrf: 1',
  'graphql-require-preflight:',
  'x-request-id: \x01\x02',
  `x-request-id: ${'x'.repeat(200)}`,
  'traceparent: 00-zz',
  'tracestate: =,=',
  'last-event-id: \xff\xfe',
  'last-event-id: null',
  'authorization: Bearer',
  'authorization: \xe9\xe9',
  'origin: null',
  'origin: ://',
  'sec-fetch-site: same-origin',
  'content-encoding: gzip',
  'expect: 100-continue',
  'expect: nothing',
  'connection: upgrade\r\nupgrade: websocket',
  'connection: upgrade\r\nupgrade: h2c',
  'upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: a\r\nsec-websocket-version: 13',
  'upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 99',
  'sec-websocket-protocol: ,',
  'x: y\r\n folded',
  'no colon',
  ': no name',
  'cookie: __proto__=1',
  '__proto__: 1',
);
const host = fc.constantFrom(
  'host: gateway\r\n',
  'host: gateway\r\n',
  'host: gateway\r\n',
  'host: [\r\n',
  'host: a b\r\n',
  'host: /\r\n',
  'host: a\r\nhost: b\r\n',
  'host:\r\n',
  '',
);

/** The header that states the length of the body. */
const framing = fc.constantFrom<(body: Buffer) => [head: string, body: Buffer]>(
  (body) => [`content-length: ${body.length}\r\n`, body],
  (body) => [`content-length: ${body.length}\r\n`, body],
  (body) => [`content-length: ${body.length}\r\n`, body],
  (body) => [`content-length: ${body.length + 7}\r\n`, body],
  (body) => [`content-length: ${Math.max(0, body.length - 7)}\r\n`, body],
  (body) => ['content-length: -1\r\n', body],
  (body) => ['content-length: 1\r\ncontent-length: 2\r\n', body],
  (body) => ['transfer-encoding: chunked\r\n', chunked(body)],
  (body) => ['transfer-encoding: chunked\r\n', body],
  (body) => [`transfer-encoding: chunked\r\ncontent-length: ${body.length}\r\n`, chunked(body)],
  (body) => ['transfer-encoding: gzip\r\n', body],
  (body) => ['', body],
);

const body = fc.oneof(
  { weight: 6, arbitrary: malformedParams.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: malformedDocument.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: malformedDocument.map((query) => Buffer.from(new URLSearchParams({ query }).toString())) },
  {
    weight: 1,
    arbitrary: malformedParams.map((variables) =>
      Buffer.from(new URLSearchParams({ query: '{ __typename }', variables }).toString()),
    ),
  },
  // Invalid UTF-8 inside JSON.
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ minLength: 1, maxLength: 8 })
      .map((bytes) => Buffer.concat([Buffer.from('{"query":"{ __typename #'), bytes, Buffer.from('"}')])),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
);

/** The bytes of a request. Any part may be malformed or missing, but most parts are valid. */
export const malformedHttp: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record({
        method,
        target,
        host,
        contentType,
        accept,
        others: fc.array(otherHeader, { maxLength: 2 }),
        framing,
        body,
      })
      .map((request) => bytesOf(request)),
  },
  {
    weight: 12,
    arbitrary: fc.record({ contentType: fc.constant('application/json'), accept, body }).map((request) =>
      bytesOf({
        ...request,
        method: 'POST',
        target: '/graphql',
        host: 'host: gateway\r\n',
        others: [],
        framing: (content) => [`content-length: ${content.length}\r\n`, content],
      }),
    ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);

interface Parts {
  method: string;
  target: string;
  host: string;
  contentType: string;
  accept: string;
  others: string[];
  framing: (body: Buffer) => [head: string, body: Buffer];
  body: Buffer;
}

function bytesOf(parts: Parts): Buffer {
  const [length, content] = parts.framing(parts.body);
  const others = parts.others.map((header) => `${header}\r\n`).join('');
  const head =
    `${parts.method} ${parts.target} HTTP/1.1\r\n${parts.host}content-type: ${parts.contentType}\r\n` +
    `accept: ${parts.accept}\r\nconnection: close\r\n${others}${length}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), content]);
}

function chunked(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n0\r\n\r\n')]);
}
