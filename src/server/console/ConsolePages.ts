import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { acceptedEncoding } from '../connections/acceptedEncoding.ts';
import type { ContentEncoding } from '../connections/acceptedEncoding.ts';
import type { Endpoint } from '../http/Endpoint.ts';

interface File {
  contentType: string;
  cacheControl: string;
  etag: string;
  body: Buffer;
  compressed: Record<ContentEncoding, Buffer>;
}

/** The paths that the console's own router shows. */
const routes = /^\/(?:|journals\/[^/]+|new(?:\/[^/]+)?|sandbox)$/;

/** Scripts and styles come from the gateway's own files only; nothing inline runs. */
const headers = Object.entries({
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  vary: 'accept-encoding',
});

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files of the web console, in memory and already compressed. */
export class ConsolePages {
  readonly #files: ReadonlyMap<string, File>;
  readonly #page: File;

  private constructor(files: ReadonlyMap<string, File>, page: File) {
    this.#files = files;
    this.#page = page;
  }

  /**
   * Reads the built console.
   *
   * @param folder where `npm run build` put it
   * @param isSandbox whether the page offers the controls of the sandbox
   * @throws the file system's error if it has not been built
   */
  static read(folder: URL, isSandbox: boolean): ConsolePages {
    const page = readPage(folder, isSandbox);
    const names = readdirSync(new URL('assets/', folder));
    const assets = names.filter((name) => extname(name) in contentTypes);
    return new ConsolePages(new Map(assets.map((name) => [`/assets/${name}`, readAsset(folder, name)])), page);
  }

  /** Finds the endpoint of a file or a page of the console. */
  find(path: string, { method }: IncomingMessage): Endpoint | undefined {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    const file = this.#files.get(path) ?? (routes.test(path) ? this.#page : undefined);
    return file && ((request, response) => sendFile(file, request, response));
  }
}

function sendFile(file: File, request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of headers) response.setHeader(name, value);
  response.setHeader('cache-control', file.cacheControl);
  response.setHeader('etag', file.etag);
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304).end();
    return;
  }
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  const body = encoding ? file.compressed[encoding] : file.body;
  if (encoding) response.setHeader('content-encoding', encoding);
  response.writeHead(200, { 'content-type': file.contentType, 'content-length': body.length }).end(body);
}

/** The names of assets contain a hash of their content, so a browser need never ask for one again. */
function readAsset(folder: URL, name: string): File {
  const read = (suffix: string) => readFileSync(new URL(`assets/${name}${suffix}`, folder));
  return {
    ...describeFile(name, read('')),
    cacheControl: 'public, max-age=31536000, immutable',
    compressed: { br: read('.br'), gzip: read('.gz') },
  };
}

/** The page names the assets, so browsers ask each time whether it has changed. */
function readPage(folder: URL, isSandbox: boolean): File {
  const built = readFileSync(new URL('index.html', folder), 'utf8');
  const body = Buffer.from(built.replace('content="remote"', `content="${isSandbox ? 'sandbox' : 'remote'}"`));
  const compressed = { br: brotliCompressSync(body), gzip: gzipSync(body) };
  return { ...describeFile('index.html', body), cacheControl: 'no-cache', compressed };
}

function describeFile(name: string, body: Buffer): Pick<File, 'contentType' | 'etag' | 'body'> {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { contentType: contentTypes[extname(name)] ?? 'application/octet-stream', etag: `"${hash}"`, body };
}
