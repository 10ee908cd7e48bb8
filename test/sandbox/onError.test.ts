import { describe, expect, it } from 'vitest';

import { type Journal, cash, shares } from './kit/journals.ts';
import { startSandbox } from './kit/startSandbox.ts';

const failure = new Error('unexpected error');

describe('onError', () => {
  it('receives the error of a request that gets a 500', async () => {
    const received: unknown[] = [];
    const newId = () => {
      throw failure;
    };
    const { client } = await startSandbox({ onError: (error) => received.push(error), newId });

    const { status } = await client.post('/v1/journals', cash());

    expect([status, received]).toEqual([500, [failure]]);
    expect((await client.get('/sandbox/log')).body).toMatchObject([{ operation: 'createJournal', status: 500 }]);
  });

  it('receives the error of a control that gets a 500, whose body does not expose the stack', async () => {
    const received: unknown[] = [];
    const ids = ['5c1f6f0a-5c55-4a5c-8c0e-0d5f8d1f9e11'];
    const newId = () => {
      const id = ids.shift();
      if (id === undefined) throw failure;
      return id;
    };
    const { client } = await startSandbox({ onError: (error) => received.push(error), newId });
    const { body: journal } = await client.post<Journal>('/v1/journals', cash());

    const correction = { status: 'correct', amount: '1' };
    const reply = await client.post(`/sandbox/journals/${journal.id}/status`, correction);

    expect([reply.status, received]).toEqual([500, [failure]]);
    expect(reply.body).toEqual({ message: 'internal server error' });
  });

  it('receives the error of a failed status change, which is retried', async () => {
    let receive: (error: unknown) => void = () => undefined;
    const received = new Promise<unknown>((resolve) => (receive = resolve));
    let draws = 0;
    // An event needs 16 random characters for each of its two ids: the first event succeeds, and the second fails once.
    const random = () => {
      draws += 1;
      if (draws === 33) throw failure;
      return 0.5;
    };
    const { client } = await startSandbox({
      clockMode: 'real',
      settleDelayMs: 5,
      random,
      onError: (error) => receive(error),
    });
    const stream = await client.events();

    await client.post('/v1/journals', shares());

    expect(await received).toBe(failure);
    expect(await stream.first(3)).toMatchObject([{}, { status_to: 'sent_to_clearing' }, { status_to: 'executed' }]);
  });
});
