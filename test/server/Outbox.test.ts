import { setImmediate as tick } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Outbox } from '../../src/server/live/Outbox.ts';

/** An outbox, and what it has written; the client takes it or has enough, as the test says. */
function start() {
  const client = { isTaking: true };
  const written: string[] = [];
  const outbox = new Outbox((bytes) => {
    written.push(bytes);
    return client.isTaking;
  });
  return { client, outbox, written };
}

describe('what is said to a client in one tick', () => {
  it('leaves in one write, in its order', async () => {
    const { outbox, written } = start();

    for (const piece of ['a', 'b', 'c']) outbox.put(piece);
    await tick();
    outbox.put('d');
    await tick();

    expect(written).toEqual(['abc', 'd']);
  });

  it('leaves without what is wanted no more by then', async () => {
    const { outbox, written } = start();
    let isWanted = true;

    outbox.put('a');
    outbox.put('b', () => isWanted);
    isWanted = false;
    await tick();

    expect(written).toEqual(['a']);
  });

  it('leaves before the tick is over when something else is about to be said', () => {
    const { outbox, written } = start();

    outbox.put('a');
    outbox.flush();

    expect(written).toEqual(['a']);
  });
});

describe('the room for more', () => {
  it('ends when the client has enough, and comes back when it takes more', async () => {
    const { client, outbox } = start();
    client.isTaking = false;
    outbox.put('a');
    await tick();

    const room = outbox.room();
    expect(room).not.toBeNull();
    outbox.resume();

    await room;
    expect(outbox.room()).toBeNull();
  });

  it('ends within a tick when much is said, and comes back with the next', async () => {
    const { outbox } = start();

    outbox.put('x'.repeat(20_000));

    const room = outbox.room();
    expect(room).not.toBeNull();
    await room;
    expect(outbox.room()).toBeNull();
  });
});
