import { describe, expect, it } from 'vitest';

import { type Journal, cash, shares } from './kit/journals.ts';
import { startSandbox } from './kit/startSandbox.ts';

const flaw = new Error('an error that should not happen');

describe('onError', () => {
  it('hears of a request that is answered 500', async () => {
    const heard: unknown[] = [];
    const newId = () => {
      throw flaw;
    };
    const { client } = await startSandbox({ onError: (error) => heard.push(error), newId });

    const { status } = await client.post('/v1/journals', cash());

    expect([status, heard]).toEqual([500, [flaw]]);
    expect((await client.get('/sandbox/log')).body).toMatchObject([{ operation: 'createJournal', status: 500 }]);
  });

  it('hears of a control that is answered 500, and its client does not read the stack', async () => {
    const heard: unknown[] = [];
    const ids = ['5c1f6f0a-5c55-4a5c-8c0e-0d5f8d1f9e11'];
    const newId = () => {
      const id = ids.shift();
      if (id === undefined) throw flaw;
      return id;
    };
    const { client } = await startSandbox({ onError: (error) => heard.push(error), newId });
    const { body: journal } = await client.post<Journal>('/v1/journals', cash());

    const correction = { status: 'correct', amount: '1' };
    const reply = await client.post(`/sandbox/journals/${journal.id}/status`, correction);

    expect([reply.status, heard]).toEqual([500, [flaw]]);
    expect(reply.body).toEqual({ message: 'internal server error' });
  });

  it('hears of a step of the walk that failed, which is taken once it can be', async () => {
    let hear: (error: unknown) => void = () => undefined;
    const heard = new Promise<unknown>((resolve) => (hear = resolve));
    let draws = 0;
    // An event has two ids of 16 letters: those of the first are drawn, and the second event fails once.
    const random = () => {
      draws += 1;
      if (draws === 33) throw flaw;
      return 0.5;
    };
    const { client } = await startSandbox({
      clockMode: 'real',
      settleDelayMs: 5,
      random,
      onError: (error) => hear(error),
    });
    const stream = await client.events();

    await client.post('/v1/journals', shares());

    expect(await heard).toBe(flaw);
    expect(await stream.first(3)).toMatchObject([{}, { status_to: 'sent_to_clearing' }, { status_to: 'executed' }]);
  });
});
