import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { describe, expect, it } from 'vitest';

import { ParseQueue } from '../../src/server/requests/ParseQueue.ts';

import { closeLater } from '../kit/closeLater.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startServer } from '../kit/startServer.ts';

const many = 20;

/**
 * Returns a document of the largest size that is parsed. It is refused for its fields. Each index gives a different
 * text.
 */
function largeDocument(index: number): string {
  return `# ${index}\n{ ${'hello '.repeat(9_000)} }`;
}

describe('large documents', () => {
  it('are parsed one per turn, so that a small one is answered between them, on a WebSocket', async () => {
    const { url } = await startServer({});
    const socket = await RawSocket.ready(url);

    for (let index = 0; index < many; index += 1) socket.subscribe(`large ${index}`, largeDocument(index));
    socket.subscribe('small', '{ hello }');
    const answered: string[] = [];
    while (answered.length < many + 1) {
      const { id, type } = await socket.next();
      if (type !== 'complete') answered.push(String(id));
    }

    expect(answered.indexOf('small')).toBeLessThan(many / 2);
    expect(answered.filter((id) => id !== 'small')).toEqual(Array.from({ length: many }, (_, at) => `large ${at}`));
  });

  it('are parsed one per turn, so that a small one is answered between them, over HTTP', async () => {
    const { url } = await startServer({});
    const connections = Array.from({ length: many + 1 }, () => new Connection(url));
    // Connections are accepted one by one, so all are opened first.
    await Promise.all(connections.map((connection) => connection.ask('{ hello }')));
    const answered: number[] = [];

    const asked = connections.map(async (connection, index) => {
      await connection.ask(index < many ? largeDocument(index) : '{ hello }');
      answered.push(index);
    });
    await Promise.all(asked);

    expect(answered.indexOf(many)).toBeLessThan(many / 2);
  });

  it('are followed by a pause that is as long as their parsing took', async () => {
    const queue = new ParseQueue();
    let parsedAt = 0;

    const first = queue.waitTurn(9_000)?.then(() => {
      const begunAt = performance.now();
      while (performance.now() < begunAt + 50) continue;
      parsedAt = performance.now();
    });
    await Promise.all([first, queue.waitTurn(9_000)]);

    // Node rounds the times of timers.
    expect(performance.now() - parsedAt).toBeGreaterThan(48);
  });
});

/** A connection that is opened before its request is sent, so that requests on several connections arrive together. */
class Connection {
  readonly #socket: Socket;

  constructor(url: string) {
    this.#socket = connect(Number(new URL(url).port), '127.0.0.1').setNoDelay(true);
    closeLater(() => this.#socket.destroy());
  }

  /** Resolves when the response begins. */
  async ask(query: string): Promise<void> {
    const body = JSON.stringify({ query });
    const head = `POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
    this.#socket.write(`${head}\r\n\r\n${body}`);
    await once(this.#socket, 'data');
  }
}
