import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import { authorize } from '../../auth/authorize.ts';

import { acceptedEncoding } from '../requests/acceptedEncoding.ts';
import type { ContentEncoding } from '../requests/acceptedEncoding.ts';
import type { DoorParts } from '../requests/DoorParts.ts';
import type { Endpoint } from '../http/Endpoint.ts';
import { bundlePath, loadGraphiqlBundle } from './graphiqlBundle.ts';

export interface GraphiqlOptions extends Pick<DoorParts, 'authenticator' | 'log'> {
  /** In front of a sandbox everybody may use GraphiQL; otherwise only principals with the scope to read the schema. */
  isSandbox: boolean;
}

/** Quality 5 takes half a second for all files together, and its results are 5 % larger than those of 9. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const compress: Record<ContentEncoding, (content: Buffer) => Promise<Buffer>> = {
  br: (content) => promisify(brotliCompress)(content, brotliOptions),
  gzip: promisify<Buffer, Buffer>(gzip),
};

/** Decides who may use GraphiQL, and serves its scripts and styles to them. Each file is compressed once. */
export class Graphiql {
  readonly #options: GraphiqlOptions;
  readonly #compressed = new Map<string, Promise<Buffer>>();

  constructor(options: GraphiqlOptions) {
    this.#options = options;
  }

  /** Whether a client with this `Authorization` header may use GraphiQL. */
  async isAllowed(authorization: string | null): Promise<boolean> {
    const { isSandbox, authenticator } = this.#options;
    if (isSandbox) return true;
    try {
      const { principal } = await authenticator.authenticate(authorization);
      return authorize(principal, { kind: 'introspect' });
    } catch {
      return false;
    }
  }

  /** Finds the endpoint of a file. */
  find(path: string, { method }: IncomingMessage): Endpoint | undefined {
    if ((method !== 'GET' && method !== 'HEAD') || !path.startsWith(bundlePath)) return undefined;
    return (request, response) =>
      this.#answer(path, request, response).catch((error: unknown) => {
        this.#options.log.error({ err: error }, 'a file of GraphiQL could not be served');
        response.writeHead(500).end();
      });
  }

  async #answer(path: string, { headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const isAllowed = await this.isAllowed(headers.authorization ?? null);
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
