import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import type { Log } from '../log.ts';
import { listen, urlOf } from '../server/connections/listen.ts';
import type { ListenOptions } from '../server/connections/listen.ts';
import { pathOf } from '../server/requests/paths.ts';

import type { Metrics } from './Metrics.ts';
import type { Readiness } from './Readiness.ts';

export interface AdminServerOptions extends ListenOptions {
  /** How long an idle connection is kept open after a response, in ms. */
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

/** Health, readiness and metrics for operators. Read-only, and on a port of its own that clients don't reach. */
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

  /** The URL of the server, without a path. */
  get url(): string {
    return urlOf(this.#server, this.#options.host);
  }

  /** @throws the socket's error, e.g. `EADDRINUSE` */
  listen(): Promise<void> {
    return listen(this.#server, this.#options);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = await this.#pageOf(request).catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'admin page failed');
      return text(500, 'internal error; see the log\n');
    });
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async #pageOf(request: IncomingMessage): Promise<Page> {
    const path = pathOf(request);
    const page = Object.hasOwn(this.#pages, path) ? this.#pages[path] : undefined;
    if (!page) return text(404, `not found; the pages are ${Object.keys(this.#pages).join(', ')}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'expected GET\n');
    return page();
  }
}

function text(status: number, body: string): Page {
  return { status, type: 'text/plain; charset=utf-8', body };
}
