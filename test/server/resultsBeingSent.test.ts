import { describe, expect, it } from 'vitest';

import { RawSocket } from '../kit/RawSocket.ts';
import type { SocketMessage } from '../kit/RawSocket.ts';
import { Source } from '../kit/Source.ts';
import { startServer } from '../kit/startServer.ts';

/** A text that is longer than the buffers of both sides. */
const flood = 'x'.repeat(32_000_000);
const ticks = 'subscription { ticks }';

describe('an operation id that is reused while results of its previous operation are still being sent', () => {
  it('belongs to the new operation', async () => {
    const sources: Source[] = [];
    const open = () => sources[sources.push(new Source()) - 1] ?? new Source();
    const server = await startServer({ work: () => flood, ticks: open });
    const socket = await RawSocket.ready(server.url);
    socket.stall();
    socket.subscribe('0', '{ work }');
    socket.subscribe('1', '{ work }');
    socket.subscribe('2', ticks);
    await expect.poll(() => sources.length).toBe(1);

    socket.send({ id: '1', type: 'complete' });
    socket.subscribe('1', ticks);
    await expect.poll(() => sources.length).toBe(2);
    socket.resume();
    // The results of the previous operation, including its `complete`, were already being sent.
    await socket.receivedSoFar();
    sources[1]?.push('tick');

    let message = await socket.next();
    while (message.id !== '1') message = await socket.next();
    expect(message).toEqual({ id: '1', type: 'next', payload: { data: { ticks: 'tick' } } });
    socket.send({ id: '1', type: 'complete' });
    await sources[1]?.left;
  });
});

describe('a result that is still being sent', () => {
  it('counts towards the operations of its socket, even after a complete message', async () => {
    const server = await startServer({ work: () => flood }, { maxOperations: 2 });
    const socket = await RawSocket.ready(server.url);
    socket.stall();
    socket.subscribe('0', '{ work }');
    socket.subscribe('1', '{ work }');
    await expect.poll(() => server.running.count).toBe(2);
    socket.send({ id: '0', type: 'complete' });
    socket.subscribe('2', '{ hello }');
    socket.resume();

    const said: SocketMessage[] = [];
    do said.push(await socket.next());
    while (said.at(-1)?.id !== '2');

    expect(said.at(-1)).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS' } }] });
  });
});
