import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';

import { ask } from '../kit/ask.ts';
import { createJournals } from '../kit/createJournals.ts';
import { closeLater } from '../kit/closeLater.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';

// The recipes are for browsers.
beforeAll(() => void vi.stubGlobal('WebSocket', WebSocket));
afterAll(() => void vi.unstubAllGlobals());

interface Changed {
  id: string;
  cursor: string;
}

interface Place {
  cursor?: string;
}

type SubscribeOnce = (after: string, onEvent: (event: Changed) => void) => Promise<unknown>;

interface Recipe {
  connect(options: { url: string; query: string; place: Place }): {
    subscribeOnce: SubscribeOnce;
    dispose: () => unknown;
  };
}

interface Loop {
  follow(options: {
    after: string;
    subscribeOnce: SubscribeOnce;
    onEvent: (event: Changed) => void;
    reload: () => Promise<string>;
    place: Place;
    signal: AbortSignal;
  }): Promise<void>;
}

const folder = new URL('../../node_modules/.cache/recipes/', import.meta.url);
const query = 'subscription ($after: String) { journalStatusChanged(after: $after) { id cursor } }';

/** Imports a code block of docs/events.md. Its first line is the name of the module. */
async function run<Module>(name: string): Promise<Module> {
  const docs = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
  const code = docs.split('```js\n').find((block) => block.startsWith(`// ${name}\n`));
  if (code === undefined) throw new Error(`docs/events.md has no ${name}`);
  mkdirSync(folder, { recursive: true });
  const file = new URL(name.replace(/js$/, 'mjs'), folder);
  writeFileSync(file, code.slice(0, code.indexOf('\n```')));
  return (await import(pathToFileURL(file.pathname).href)) as Module;
}

async function cursorOf(url: string): Promise<string> {
  return (await ask<{ journalStatusCursor: string }>(url, '{ journalStatusCursor }')).data?.journalStatusCursor ?? '';
}

async function follow(recipe: string, url: string, after: string) {
  const client = await run<Recipe>(recipe);
  const loop = await run<Loop>('follow.js');
  const place: Place = {};
  const stop = new AbortController();
  const events: Changed[] = [];
  let reloads = 0;
  const { subscribeOnce, dispose } = client.connect({
    url: url.replace(/^http/, 'ws'),
    query,
    place,
  });
  const reload = () => {
    reloads += 1;
    return cursorOf(url);
  };
  const onEvent = (event: Changed) => events.push(event);
  void loop.follow({ after, subscribeOnce, onEvent, reload, place, signal: stop.signal });
  closeLater(() => {
    stop.abort();
    return dispose();
  });
  return { events, place, reloads: () => reloads };
}

describe.each(['graphql-ws.js'])('the recipe %s', (recipe) => {
  it('misses and repeats no event when the gateway restarts', async () => {
    const sandbox = await startSandbox({ settleDelayMs: 0 });
    let gateway = await startGateway(sandbox.url);
    const { url } = gateway;
    const port = Number(new URL(url).port);
    const { events } = await follow(recipe, url, await cursorOf(url));

    for (let restart = 0; restart < 2; restart += 1) {
      await createJournals(url, 2);
      await gateway.close();
      gateway = await startGateway(sandbox.url, {}, { port });
      await createJournals(url, 1);
    }

    await expect.poll(() => events.length, { timeout: 10_000 }).toBe(18);
    expect(new Set(events.map(({ id }) => id)).size).toBe(18);
  });

  it('reloads if its cursor has expired, and continues', async () => {
    const sandbox = await startSandbox({ settleDelayMs: 0, eventRetention: 3 });
    const old = await startGateway(sandbox.url);
    await createJournals(old.url, 1);
    const expired = await cursorOf(old.url);
    await createJournals(old.url, 3);
    const { url } = await startGateway(sandbox.url);

    const { events, reloads } = await follow(recipe, url, expired);
    await expect.poll(reloads, { timeout: 10_000 }).toBe(1);
    await createJournals(url, 1);

    await expect.poll(() => events.length, { timeout: 10_000 }).toBe(3);
  });

  it('updates its cursor when there are no events', async () => {
    const sandbox = await startSandbox({ settleDelayMs: 0 });
    const { url } = await startGateway(sandbox.url, {}, { limits: { pingMs: 200 } });
    const none = Buffer.from(JSON.stringify(['e1', new Date().toISOString(), {}])).toString('base64url');
    const { place } = await follow(recipe, url, none);

    await expect.poll(() => place.cursor, { timeout: 10_000 }).toBe(await cursorOf(url));
  });
});
