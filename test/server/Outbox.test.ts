import { setImmediate as tick } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Outbox } from '../../src/server/live/Outbox.ts';

/** An outbox and its writes. `client.isTaking` is false while the client's buffer is full. */
function start() {
  const client = { isTaking: true };
  const written: string[] = [];
  const outbox = new Outbox((bytes) => {
    written.push(bytes);
    return client.isTaking;
  });
  return { client, outbox, written };
}

describe('a message in the outbox', () => {
  it('is written together with the others of its tick, in order', async () => {
    const { outbox, written } = start();

    for (const piece of ['a', 'b', 'c']) outbox.put(piece);
    await tick();
    outbox.put('d');
    await tick();

    expect(written).toEqual(['abc', 'd']);
  });

  it('is dropped if it is no longer wanted at the end of the tick', async () => {
    const { outbox, written } = start();
    let isWanted = true;

    outbox.put('a');
    outbox.put('b', () => isWanted);
    isWanted = false;
    await tick();

    expect(written).toEqual(['a']);
  });

  it('is written at once by a flush', () => {
    const { outbox, written } = start();

    outbox.put('a');
    outbox.flush();

    expect(written).toEqual(['a']);
  });
});

describe('room', () => {
  it('waits while the buffer of the client is full', async () => {
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

  it('waits for the next tick after many bytes in one', async () => {
    const { outbox } = start();

    outbox.put('x'.repeat(20_000));

    const room = outbox.room();
    expect(room).not.toBeNull();
    await room;
    expect(outbox.room()).toBeNull();
  });
});
