import { Agent, request } from 'node:http';

import { closeLater } from './closeLater.ts';

export interface RawAnswer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
  /** Whether the request reused the connection of an earlier request. */
  isReused: boolean;
}

export interface RawRequest {
  method?: string;
  headers?: Record<string, string>;
  /** Pieces of a body, each written separately. */
  body?: (string | Buffer)[];
}

/**
 * Keeps one connection open for several requests. These may have any header, while `fetch` allows neither `Host` nor
 * `Upgrade`.
 *
 * @returns a function that sends the next request; it rejects if the connection is upgraded
 */
export function keepConnection(): (url: string, sent?: RawRequest) => Promise<RawAnswer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  closeLater(() => agent.destroy());
  return (url, { method = 'GET', headers = {}, body = [] } = {}) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { agent, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, body: text, isReused: sent.reusedSocket });
        });
      });
      sent.once('error', reject).once('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new Error('the connection was upgraded'));
      });
      for (const piece of body) sent.write(piece);
      sent.end();
    });
}
