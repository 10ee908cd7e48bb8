import { describe, expect, it } from 'vitest';

import { doors, operate } from '../kit/operate.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { Source } from '../kit/Source.ts';
import { startServer } from '../kit/startServer.ts';

const withVariable = 'subscription ($if: Boolean!)';

describe.each(doors)('@skip and @include on the root field of a subscription, over %s', (door) => {
  it.each([
    ['skip', 'subscription { ticks @skip(if: true) }', {}],
    ['skip', 'subscription { ticks @skip(if: false) }', {}],
    ['include', 'subscription { updates @include(if: true) { text } }', {}],
    ['skip', `${withVariable} { ticks @skip(if: $if) }`, { if: true }],
    ['include', `${withVariable} { ticks @include(if: $if) }`, { if: true }],
    ['include', `${withVariable} { ticks @include(if: $if) }`, {}],
    ['include', `${withVariable} { ... @include(if: $if) { ticks } }`, { if: true }],
    ['skip', `${withVariable} { ... on Subscription { ticks @skip(if: $if) } }`, { if: false }],
    ['skip', `${withVariable} { ...f @skip(if: $if) } fragment f on Subscription { ticks }`, { if: false }],
    [
      'include',
      `${withVariable} { ...f } fragment f on Subscription { ...g ...g }
      fragment g on Subscription { ticks @include(if: $if) }`,
      { if: false },
    ],
    ['include', `${withVariable} { ticks ticks @include(if: $if) }`, { if: false }],
  ])('are a validation error: @%s in %s %j', async (directive, query, variables) => {
    const server = await startServer({
      ticks: () => new Source(),
      updates: () => new Source() as AsyncIterable<object>,
    });

    const { errors } = await operate(door, server.url, null, query, variables);

    expect(errors).toEqual([
      {
        message: `Anonymous Subscription must not use "@${directive}" on its top level field.`,
        locations: [expect.anything()],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ]);
  });
});

describe('below the root field of a subscription', () => {
  it('@skip and @include work as in other operations', async () => {
    const source = new Source();
    const server = await startServer({ updates: () => source as AsyncIterable<object>, show: () => 'shown' });
    const socket = await RawSocket.ready(server.url);

    socket.subscribe(
      '1',
      'subscription ($if: Boolean!) { updates { a: text @skip(if: $if) b: text @include(if: $if) } }',
      {
        if: true,
      },
    );
    source.push({});

    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { updates: { b: 'shown' } } } });
  });
});
