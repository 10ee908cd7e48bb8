import type { ServerResponse } from 'node:http';

import { expect, it } from 'vitest';

import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { subscribe } from '../kit/subscribe.ts';

import { cursorAfter } from './kit/cursors.ts';
import { ago, line } from './kit/startScriptedGateway.ts';
import { startSharing } from './kit/startSharing.ts';

interface Changed {
  journalStatusChanged: { id: string };
}

const changed = 'subscription ($after: String) { journalStatusChanged(after: $after) { id } }';

it.skipIf(isWithoutRedis)(
  'gateways that share Redis open no more replay streams at once than a single gateway may',
  async () => {
    const past = [line(ago(20_000), 'a'), line(ago(19_000), 'b')].join('');
    const at = (JSON.parse(past.slice(6, past.indexOf('\n'))) as { at: string }).at;
    const open = new Set<ServerResponse>();
    let most = 0;
    const stub = await StubUpstream.start(json(404, {}), (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', date: new Date().toUTCString() });
      response.write(': welcome\n\n');
      if (!request.url.includes('until')) return;
      open.add(response);
      most = Math.max(most, open.size);
      response.once('finish', () => open.delete(response));
      // The reader of the other gateway resumes while this replay is open.
      setTimeout(() => response.end(past), 300);
    });
    const redis = await startRedis();
    const events = { replays: { streams: 1 } };
    const gateways = [await startSharing(stub.url, redis.url, events), await startSharing(stub.url, redis.url, events)];

    const readers = await Promise.all(
      gateways.map(({ url }) => subscribe<Changed>('SSE', url, changed, { after: cursorAfter({ at, id: 'a' }) })),
    );

    const taken = await Promise.all(readers.map((reader) => reader.take(1)));
    expect(taken.map(([event]) => event?.journalStatusChanged.id)).toEqual(['b', 'b']);
    expect(most).toBe(1);
  },
);
