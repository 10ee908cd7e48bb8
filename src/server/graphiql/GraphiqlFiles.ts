import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import type { Log } from '../../log.ts';

import { acceptedEncoding } from '../connections/acceptedEncoding.ts';
import type { ContentEncoding } from '../connections/acceptedEncoding.ts';
import type { Endpoint } from '../http/Endpoint.ts';
import { bundlePath, loadGraphiqlBundle } from './graphiqlBundle.ts';
import { mayUseGraphiql } from './mayUseGraphiql.ts';
import type { GraphiqlRights } from './mayUseGraphiql.ts';

/** 5 takes half a second for all files together, and its results are 5 % larger than those of 9. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const compress: Record<ContentEncoding, (content: Buffer) => Promise<Buffer>> = {
  br: (content) => promisify(brotliCompress)(content, brotliOptions),
  gzip: promisify<Buffer, Buffer>(gzip),
};

/** Serves the scripts and styles of GraphiQL, each compressed once, to the clients that may see its page. */
export class GraphiqlFiles {
  readonly #rights: GraphiqlRights;
  readonly #log: Log;
  readonly #compressed = new Map<string, Promise<Buffer>>();

  constructor(rights: GraphiqlRights, log: Log) {
    this.#rights = rights;
    this.#log = log;
  }

  /** Finds what sends a file. */
  find(path: string, { method }: IncomingMessage): Endpoint | undefined {
    if ((method !== 'GET' && method !== 'HEAD') || !path.startsWith(bundlePath)) return undefined;
    return (request, response) =>
      this.#answer(path, request, response).catch((error: unknown) => {
        this.#log.error({ err: error }, 'a file of GraphiQL could not be served');
        response.writeHead(500).end();
      });
  }

  async #answer(path: string, { headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const isAllowed = await mayUseGraphiql(headers.authorization ?? null, this.#rights);
    const file = isAllowed ? (await loadGraphiqlBundle()).files.get(path) : undefined;
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    const encoding = acceptedEncoding(headers['accept-encoding']);
    const content = encoding ? await this.#compress(path, file.content, encoding) : file.content;
    if (encoding) response.setHeader('content-encoding', encoding);
    response.writeHead(200, {
      'content-type': file.contentType,
      'content-length': content.length,
      'cache-control': 'private, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    response.end(content);
  }

  #compress(path: string, content: Buffer, encoding: ContentEncoding): Promise<Buffer> {
    const key = `${encoding} ${path}`;
    const compressed = this.#compressed.get(key) ?? compress[encoding](content);
    this.#compressed.set(key, compressed);
    return compressed;
  }
}
