import { setImmediate as tick } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { BackpressureQueue } from '../../src/server/live/BackpressureQueue.ts';

/** Creates a queue and records its writes. `client.isTaking` is false while the client's buffer is full. */
function start() {
  const client = { isTaking: true };
  const written: string[] = [];
  const queue = new BackpressureQueue((bytes) => {
    written.push(bytes);
    return client.isTaking;
  });
  return { client, queue, written };
}

describe('a message in the queue', () => {
  it('is written together with the others of its tick, in order', async () => {
    const { queue, written } = start();

    for (const piece of ['a', 'b', 'c']) queue.put(piece);
    await tick();
    queue.put('d');
    await tick();

    expect(written).toEqual(['abc', 'd']);
  });

  it('is dropped if it is no longer wanted at the end of the tick', async () => {
    const { queue, written } = start();
    let isWanted = true;

    queue.put('a');
    queue.put('b', () => isWanted);
    isWanted = false;
    await tick();

    expect(written).toEqual(['a']);
  });

  it('is written at once by a flush', () => {
    const { queue, written } = start();

    queue.put('a');
    queue.flush();

    expect(written).toEqual(['a']);
  });
});

describe('room', () => {
  it('waits while the buffer of the client is full', async () => {
    const { client, queue } = start();
    client.isTaking = false;
    queue.put('a');
    await tick();

    const room = queue.room();
    expect(room).not.toBeNull();
    queue.resume();

    await room;
    expect(queue.room()).toBeNull();
  });

  it('waits for the next tick after many bytes in one', async () => {
    const { queue } = start();

    queue.put('x'.repeat(20_000));

    const room = queue.room();
    expect(room).not.toBeNull();
    await room;
    expect(queue.room()).toBeNull();
  });
});
