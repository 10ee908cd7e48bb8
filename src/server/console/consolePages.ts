import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { acceptedEncoding } from '../requests/acceptedEncoding.ts';
import type { ContentEncoding } from '../requests/acceptedEncoding.ts';
import type { Route } from '../http/HttpServer.ts';

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

/**
 * Serves the web console. Its files are in memory and already compressed.
 *
 * @param folder the folder into which `npm run build` wrote the files
 * @param isSandbox whether the page offers the controls of the sandbox
 * @throws the file system's error if the console has not been built
 */
export function consolePages(folder: URL, isSandbox: boolean): Route {
  const page = readPage(folder, isSandbox);
  const assets = readdirSync(new URL('assets/', folder)).filter((name) => extname(name) in contentTypes);
  const files = new Map(assets.map((name) => [`/assets/${name}`, readAsset(folder, name)]));
  return {
    find: (path, { method }) => {
      if (method !== 'GET' && method !== 'HEAD') return undefined;
      const file = files.get(path) ?? (routes.test(path) ? page : undefined);
      return file && ((request, response) => sendFile(file, request, response));
    },
  };
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

/** The page contains the names of the assets, so browsers must check each time whether it has changed. */
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
