import type { ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import { StatusEvents } from '../../src/events/StatusEvents.ts';
import { ApiClock } from '../../src/upstream/transport/ApiClock.ts';
import { basicCredentials } from '../../src/upstream/transport/credentials.ts';
import { StatusEventsClient } from '../../src/upstream/events/StatusEventsClient.ts';
import { closeLater } from '../kit/closeLater.ts';
import { apiSecret } from '../kit/planted.ts';
import { statusEventLine } from '../kit/statusEventLine.ts';
import { json, quietStream, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { watchedLog } from '../kit/watchedLog.ts';

/** Starts a feed with an upstream that gives these responses in order and then repeats the last one. */
async function start(...answers: Answer[]) {
  const askedAt: number[] = [];
  const streams: ServerResponse[] = [];
  const stub = await StubUpstream.start(json(404, {}), async (request, response) => {
    askedAt.push(performance.now());
    streams.push(response);
    await answers[Math.min(askedAt.length, answers.length) - 1]?.(request, response);
  });
  const clock = new ApiClock();
  const credentials = basicCredentials('sandbox', apiSecret);
  const client = new StatusEventsClient({ baseUrl: stub.url, version: 'v2', credentials, clock });
  const events = new StatusEvents(client, clock, watchedLog());
  closeLater(async () => {
    await events.close();
    await client.close();
  });
  events.start();
  return { events, askedAt, streams };
}

/** Opens a stream that stays open, at this time of the API's clock. */
function at(ms: number): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', date: new Date(ms).toUTCString() });
    response.write(': welcome\n\n');
  };
}

describe('the feed', () => {
  it('waits as long as a 429 requires, and reports why it is not open', async () => {
    const { events, askedAt } = await start(text(429, '{"message":"slow down"}', { 'retry-after': '1' }), quietStream);
    await events.firstAttempt;

    expect(events.feedState).toMatchObject({ isOpen: false, lastFailure: { code: 'RATE_LIMITED' } });
    await expect.poll(() => events.feedState.isOpen, { timeout: 5_000 }).toBe(true);
    expect((askedAt[1] ?? 0) - (askedAt[0] ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it.each([
    ['a page', text(200, '<html>maintenance</html>', { 'content-type': 'text/html' }), 'UPSTREAM_REFUSED'],
    [
      'a page of a proxy',
      text(502, '<html>Bad Gateway</html>', { 'content-type': 'text/html' }),
      'UPSTREAM_UNAVAILABLE',
    ],
  ])('reports %s in place of a stream, and reconnects', async (_name, answer, code) => {
    const { events } = await start(answer, quietStream);
    await events.firstAttempt;

    expect(events.feedState).toMatchObject({ isOpen: false, silentMs: null, lastFailure: { code } });
    await expect.poll(() => events.feedState.isOpen, { timeout: 5_000 }).toBe(true);
  });

  it('reports refused credentials, and retries slowly', async () => {
    const { events, askedAt } = await start(json(401, { message: 'who are you?' }));
    await events.firstAttempt;

    await new Promise((resolve) => setTimeout(resolve, 300));

    expect(events.feedState.lastFailure?.code).toBe('UPSTREAM_CREDENTIALS_REFUSED');
    expect(askedAt).toHaveLength(1);
  });

  it('reports its lag and its reconnects', async () => {
    const { events, streams } = await start(quietStream);
    await events.firstAttempt;
    const reader = events.subscribe(() => true, null);
    expect(events.feedState).toMatchObject({ isOpen: true, lagMs: null, reconnects: 0, lastFailure: null });

    streams[0]?.write(statusEventLine(new Date().toISOString(), 'a'));
    await reader.next();
    streams[0]?.end();
    await expect.poll(() => events.feedState.reconnects).toBe(1);

    const { lagMs, silentMs, lastFailure } = events.feedState;
    expect(lagMs).toBeLessThan(5_000);
    expect(silentMs).toBeLessThan(5_000);
    expect(lastFailure?.message).toContain('ended the event stream');
  });

  it('reconnects when the API reports lost events', async () => {
    const { events, streams } = await start(quietStream);
    await events.firstAttempt;
    streams[0]?.write(': you are reading too slowly, dropped 7 messages\n\n');

    await expect.poll(() => events.feedState.reconnects).toBe(1);

    expect(events.feedState.lastFailure?.message).toContain('dropped 7 messages');
  });

  it('reopens its stream when the clock of the API was set back before its position', async () => {
    const at =
      (ms: number): Answer =>
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream', date: new Date(ms).toUTCString() });
        response.write(': welcome\n\n');
      };
    const nowMs = Date.now();
    const { events, streams } = await start(at(nowMs + 86_400_000), at(nowMs));
    await events.firstAttempt;
    const reader = events.subscribe(() => true, null);

    streams[0]?.end();
    await expect.poll(() => streams.length, { timeout: 5_000 }).toBe(3);
    const since = new URL(streams[2]?.req.url ?? '', 'http://api').searchParams.get('since') ?? '';
    expect(Date.parse(since)).toBeLessThan(nowMs);
    await expect.poll(() => events.feedState.isOpen).toBe(true);
    streams[2]?.write(statusEventLine(new Date(nowMs).toISOString(), 'next'));

    expect((await reader.next()).value?.event.id).toBe('next');
  });

  it('resumes from the last event that was not dated ahead, after a break of any length', async () => {
    const nowMs = Date.now();
    const date = new Date(nowMs).toUTCString();
    const { events, streams } = await start(at(nowMs - 600_000), text(503, '{}', { date }), at(nowMs));
    await events.firstAttempt;
    const reader = events.subscribe(() => true, null);
    streams[0]?.write(statusEventLine(new Date(nowMs + 86_400_000).toISOString(), 'ahead'));
    await reader.next();

    streams[0]?.end();
    await expect.poll(() => streams.length, { timeout: 10_000 }).toBe(3);

    const since = new URL(streams[2]?.req.url ?? '', 'http://api').searchParams.get('since') ?? '';
    expect(Date.parse(since)).toBeLessThan(nowMs - 600_000);
  });
});
