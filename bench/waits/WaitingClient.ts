import { randomUUID } from 'node:crypto';

import { WebSocket } from 'ws';

/** Waits for a journal as the console and the examples do. */
const query = `query Wait($id: ID!, $timeoutSeconds: Int!) {
  awaitJournal(id: $id, timeoutSeconds: $timeoutSeconds) {
    timedOut
    cursor
    journal { id status createdAt }
  }
}`;

/** A client with one socket, on which each operation waits for a different journal. */
export class WaitingClient {
  readonly #socket: WebSocket;
  answers = 0;
  /**
   * The first message that is not the result of a wait, or the reason why the socket was closed; null if there is
   * neither.
   */
  problem: string | null = null;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text.includes('"type":"error"') || text.includes('"errors":')) this.problem ??= text;
      else if (text.includes('"type":"next"')) this.answers += 1;
    });
    socket.on('close', (code, reason) => (this.problem ??= `closed with ${code} ${reason.toString()}`));
  }

  /** Fulfilled when the server has acknowledged the connection. */
  static async open(port: number): Promise<WaitingClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await new Promise((resolve) => socket.once('message', resolve));
    return new WaitingClient(socket);
  }

  wait(timeoutSeconds: number): void {
    const payload = { query, variables: { id: randomUUID(), timeoutSeconds } };
    this.#socket.send(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload }));
  }

  close(): void {
    this.#socket.terminate();
  }
}
