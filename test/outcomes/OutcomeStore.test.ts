import { describe, expect, it } from 'vitest';

import { IdempotencyConflictError } from '../../src/domain/refusals.ts';
import { OutcomeStore } from '../../src/outcomes/OutcomeStore.ts';

class NotDone extends Error {}

/** A store, and a way to use it that counts what is sent. */
function open(options?: ConstructorParameters<typeof OutcomeStore>[0]) {
  const store = new OutcomeStore(options);
  const sent: string[] = [];
  const once = async (key: string, input: unknown, outcome: () => Promise<string>) =>
    store.once(
      key,
      `key of ${key}`,
      input,
      () => {
        sent.push(key);
        return outcome();
      },
      (error) => error instanceof NotDone,
    );
  return { once, sent };
}

const lost = () => Promise.reject(new Error('the answer was lost'));
const notDone = () => Promise.reject(new NotDone('refused'));
const done = (answer: string) => () => Promise.resolve(answer);

describe('OutcomeStore', () => {
  it('answers a repeat with the first outcome, and sends once', async () => {
    const { once, sent } = open();

    const answers = [await once('a', { amount: '1' }, done('first')), await once('a', { amount: '1' }, done('second'))];

    expect(answers).toEqual(['first', 'first']);
    expect(sent).toEqual(['a']);
  });

  it('lets a twin wait for the outcome that is under way', async () => {
    const { once, sent } = open();
    let answer: (value: string) => void = () => undefined;
    const first = once('a', {}, () => new Promise((resolve) => (answer = resolve)));
    const twin = once('a', {}, done('second'));

    answer('first');

    expect(await Promise.all([first, twin])).toEqual(['first', 'first']);
    expect(sent).toEqual(['a']);
  });

  it('keeps keys apart', async () => {
    const { once, sent } = open();

    await Promise.all([once('a', {}, done('')), once('b', {}, done(''))]);

    expect(sent).toEqual(['a', 'b']);
  });

  it('refuses a key that comes back with another input, and names it', async () => {
    const { once, sent } = open();
    await once('a', { amount: '1' }, done('first'));

    const again = once('a', { amount: '2' }, done('second'));

    await expect(again).rejects.toThrow(IdempotencyConflictError);
    await expect(again).rejects.toMatchObject({ idempotencyKey: 'key of a', requestId: null });
    expect(sent).toEqual(['a']);
  });

  it('never sends again what may have been done', async () => {
    const { once, sent } = open();

    await expect(once('a', {}, lost)).rejects.toThrow('the answer was lost');
    await expect(once('a', {}, done('second'))).rejects.toThrow('the answer was lost');

    expect(sent).toEqual(['a']);
  });

  it('forgets what surely was not done, so that the key can be used again, even with another input', async () => {
    const { once, sent } = open();

    await expect(once('a', { amount: '1' }, notDone)).rejects.toThrow('refused');
    const answer = await once('a', { amount: '2' }, done('second'));

    expect(answer).toBe('second');
    expect(sent).toEqual(['a', 'a']);
  });

  it('remembers so many keys, and forgets the oldest first', async () => {
    const { once, sent } = open({ max: 2 });
    for (const key of ['a', 'b', 'c']) await once(key, {}, done(key));

    await once('b', {}, done('again'));
    await once('a', {}, done('again'));

    expect(sent).toEqual(['a', 'b', 'c', 'a']);
  });
});
