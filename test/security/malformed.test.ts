import { once } from 'node:events';
import { connect } from 'node:net';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { ask } from '../kit/ask.ts';
import { defaultLimits } from '../kit/minimalConfig.ts';
import { startWatched } from '../kit/startWatched.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

import { malformedHttp } from './kit/malformedHttp.ts';
import { malformedFrames, malformedTalk } from './kit/malformedSocket.ts';
import type { Talk } from './kit/malformedSocket.ts';

/** Determines the requests. Set `MALFORMED_SEED` to send different requests. */
const seed = Number(process.env['MALFORMED_SEED'] ?? 4);

/** The number of requests and conversations in flight at once. */
const atOnce = 25;
/** The variation of the heap size, in bytes. A leak of 3 KB for each of the 500 repeated requests exceeds it. */
const noise = 1_500_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

it(
  `the gateway survives a thousand malformed requests and messages of the seed ${seed} and leaks no memory`,
  { timeout: 60_000 },
  async () => {
    const upstream = await StubUpstream.start(({ method, url }, response) => {
      const isList = method === 'GET' && /\/journals(?:\?|$)/.test(url);
      return json(isList ? 200 : 404, isList ? [] : { code: 40_410_000, message: 'not found' })(
        { method, url, headers: {}, body: '' },
        response,
      );
    });
    const limits = { ...defaultLimits, requestTimeoutMs: 500, initTimeoutMs: 500 };
    const watched = await startWatched(upstream.url, { limits });
    const sample = <Value>(values: fc.Arbitrary<Value>, numRuns: number) => fc.sample(values, { seed, numRuns });
    const requests: (() => Promise<string | null>)[] = [
      ...sample(malformedHttp, 650).map((bytes) => async () => harmIn(bytes, await answerTo(watched.url, bytes))),
      ...sample(malformedTalk, 300).map((talk) => async () => harmIn(talk, await talkTo(watched.url, talk))),
      ...sample(malformedFrames, 50).map(
        (bytes) => async () => harmIn(bytes, await answerTo(watched.url, Buffer.concat([upgrade, bytes]))),
      ),
    ];
    const sendAll = async (sent: typeof requests) => {
      const harm = await inTurns(sent);
      expect(harm).toEqual([]);
      expect(watched.lines.filter(({ level }) => level >= 50)).toEqual([]);
      watched.lines.length = 0;
      await expect.poll(() => watched.metric('gateway_running')).toBe(0);
      expect(await ask(watched.url, '{ journals { nodes { id } } }')).toEqual({ data: { journals: { nodes: [] } } });
    };

    // The first run fills the caches of documents.
    await sendAll(requests);
    const heap = await heapUsed();
    await sendAll(requests.filter((_request, index) => index % 2 === 0));

    expect((await heapUsed()) - heap).toBeLessThan(noise);
  },
);

const upgrade = Buffer.from(
  'GET /graphql HTTP/1.1\r\nhost: gateway\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
);

/** Returns the request and its response if the response shows that the request did harm; otherwise null. */
function harmIn(what: Buffer | Talk, answer: string): string | null {
  const isHarm = /^HTTP\/1\.1 5|\n\s+at |\\n\s+at |Unexpected error|INTERNAL|\bclosed (?:1011|4500)/m.test(answer);
  return isHarm ? `${Buffer.isBuffer(what) ? what.toString('latin1') : what.join('\n')}\n>>> ${answer}` : null;
}

/** Matches when enough has arrived: the head of an event stream or of GraphiQL's page, or a message on a WebSocket. */
const isEnough = /^content-type: text\/(?:event-stream|html)|^HTTP\/1\.1 101 [^]*\r\n\r\n[^]/im;

/** Returns everything that arrives until the gateway ends the connection, or the first part if it stays open. */
async function answerTo(url: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  const client = connect(Number(port), hostname);
  let answer = '';
  client.on('error', () => undefined);
  client.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
    if (isEnough.test(answer)) client.destroy();
  });
  client.write(bytes);
  await new Promise((resolve) => client.once('close', resolve));
  return answer;
}

/** Returns all messages of the gateway until it has responded to two pings or closed the socket. */
async function talkTo(url: string, talk: Talk): Promise<string> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
  const answers: string[] = [];
  let pings = 0;
  const closed = new Promise<void>((resolve) => {
    socket.once('close', (code, reason) => {
      answers.push(`closed ${code} ${reason.toString('utf8')}`);
      resolve();
    });
  });
  const mark = '{"type":"ping","payload":{"mark":true}}';
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8');
    answers.push(text);
    if (text !== mark.replace('ping', 'pong')) return;
    pings += 1;
    if (pings === 2) socket.terminate();
    else socket.send(mark);
  });
  await once(socket, 'open');
  for (const message of talk) socket.send(message);
  socket.send(mark);
  await closed;
  return answers.join('\n');
}

async function inTurns(requests: readonly (() => Promise<string | null>)[]): Promise<string[]> {
  const harm: string[] = [];
  const waiting = [...requests];
  const sendNext = async () => {
    for (let send = waiting.shift(); send; send = waiting.shift()) {
      const found = await send();
      if (found !== null) harm.push(found);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sendNext));
  return harm;
}

async function heapUsed(): Promise<number> {
  for (let pass = 0; pass < 5; pass += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}
