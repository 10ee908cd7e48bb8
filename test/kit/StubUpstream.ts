import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { closeLater } from './closeLater.ts';

export interface SeenRequest {
  method: string;
  /** Path and query, as on the wire. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/**
 * A real HTTP server that responds as the test decides, even in ways the real API never would, and records its requests. Event
 * streams stay open and silent unless the test responds to them.
 */
export class StubUpstream {
  readonly seen: SeenRequest[] = [];
  readonly #server: Server;

  private constructor(answer: Answer, answerEvents: Answer) {
    this.#server = createServer((request, response) => {
      void this.#serve(request, response, { answer, answerEvents });
    });
  }

  static async start(answer: Answer, answerEvents: Answer = quietStream, port = 0): Promise<StubUpstream> {
    const stub = new StubUpstream(answer, answerEvents);
    await new Promise<void>((resolve) => stub.#server.listen(port, '127.0.0.1', resolve));
    closeLater(() => {
      stub.#server.closeAllConnections();
      return new Promise((resolve) => stub.#server.close(resolve));
    });
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The requests to REST operations, without the event streams. */
  get calls(): SeenRequest[] {
    return this.seen.filter(({ url }) => !url.includes('/events/'));
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    { answer, answerEvents }: { answer: Answer; answerEvents: Answer },
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const seen = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
    this.seen.push(seen);
    await (url.includes('/events/') ? answerEvents : answer)(seen, response);
  }
}

/** Opens a stream and sends no events. */
export function quietStream(_request: SeenRequest, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': welcome\n\n');
}

/** Responds with this text. */
export function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** Responds with this value as JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}
