import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import { closeLater } from './closeLater.ts';

/** An API that responds with exactly the bytes of the test, which Node's HTTP server might not write. */
export class RawUpstream {
  /** The request lines that were received. */
  readonly seen: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(piecesFor: (firstLine: string) => string[]) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      void this.#serve(socket, piecesFor).catch(() => socket.destroy());
    });
  }

  /** @param piecesFor returns the response to a request line, in pieces that are written separately */
  static async start(piecesFor: (firstLine: string) => string[]): Promise<RawUpstream> {
    const upstream = new RawUpstream(piecesFor);
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    closeLater(() => {
      for (const socket of upstream.#sockets) socket.destroy();
      return new Promise((resolve) => upstream.#server.close(resolve));
    });
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #serve(socket: Socket, piecesFor: (firstLine: string) => string[]): Promise<void> {
    let text = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n') + 4;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end < 4 || text.length < end + length) continue;
      const firstLine = text.slice(0, text.indexOf('\r\n'));
      text = text.slice(end + length);
      this.seen.push(firstLine);
      for (const piece of piecesFor(firstLine)) {
        await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
        // Without a pause, the next piece would often arrive in the same chunk.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
}
