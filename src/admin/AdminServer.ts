import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Log } from '../log.ts';
import { pathOf } from '../server/connections/pathOf.ts';

import type { Metrics } from './Metrics.ts';
import type { Readiness } from './Readiness.ts';

export interface AdminServerOptions {
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** How long a connection is kept after an answer, in ms. */
  keepAliveMs: number;
  readiness: Readiness;
  metrics: Metrics;
  log: Log;
}

interface Page {
  status: number;
  type: string;
  body: string;
}

/** What operators and their machines ask, on a port of its own: clients never reach it. Nothing here can be changed. */
export class AdminServer {
  readonly #server: Server;
  readonly #options: AdminServerOptions;
  readonly #pages: Record<string, () => Promise<Page>>;

  constructor(options: AdminServerOptions) {
    const { readiness, metrics } = options;
    this.#options = options;
    this.#pages = {
      '/health': async () => text(200, 'alive\n'),
      '/ready': async () => {
        const report = await readiness.report();
        return { status: report.ready ? 200 : 503, type: 'application/json', body: `${JSON.stringify(report)}\n` };
      },
      '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
    };
    const { keepAliveMs: keepAliveTimeout } = options;
    this.#server = createServer({ keepAliveTimeout }, (request, response) => void this.#serve(request, response));
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

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = await this.#pageOf(request).catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'a page of the admin port could not be made');
      return text(500, 'this page could not be made; the log says why\n');
    });
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async #pageOf(request: IncomingMessage): Promise<Page> {
    const path = pathOf(request);
    const page = Object.hasOwn(this.#pages, path) ? this.#pages[path] : undefined;
    if (!page) return text(404, `nothing is here; there are ${Object.keys(this.#pages).join(', ')}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'expected GET\n');
    return page();
  }
}

function text(status: number, body: string): Page {
  return { status, type: 'text/plain; charset=utf-8', body };
}
