import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Pipeline } from './pipeline.ts';
import type { RunningOperations } from './RunningOperations.ts';
import type { WebSocketServer } from './WebSocketServer.ts';

export interface HttpServerOptions {
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** How long a shutdown waits for running operations, in ms. Default 10,000. */
  graceMs?: number;
}

/** One port for everything that clients use: HTTP and SSE through Yoga, WebSocket beside it. */
export class HttpServer {
  readonly #server: Server;
  readonly #webSockets: WebSocketServer;
  readonly #running: RunningOperations;
  readonly #options: HttpServerOptions;

  constructor(pipeline: Pipeline, webSockets: WebSocketServer, running: RunningOperations, options: HttpServerOptions) {
    this.#webSockets = webSockets;
    this.#running = running;
    this.#options = options;
    this.#server = createServer((request, response) => this.#serve(pipeline, request, response));
    webSockets.attach(this.#server);
  }

  /** Where it listens, without a path. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    const { host } = this.#options;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** @throws the socket's error, e.g. `EADDRINUSE` */
  listen(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /**
   * Stops accepting, lets running operations finish and their answers leave, then closes what is still open:
   * WebSockets with a code that makes clients come back, SSE without `complete`, which would tell them to stay away.
   */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    await this.#running.whenIdle(AbortSignal.timeout(this.#options.graceMs ?? 10_000)).catch(() => undefined);
    await this.#webSockets.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** An answer counts as running until it has left, unless it turns out to be a subscription's. */
  #serve(pipeline: Pipeline, request: IncomingMessage, response: ServerResponse): void {
    response.once('close', this.#running.begin(response));
    if (!this.#server.listening) response.setHeader('connection', 'close');
    void pipeline(request, response);
  }
}
