import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { request } from 'undici';
import { describe, expect, it } from 'vitest';

import { keepConnection } from '../kit/keepConnection.ts';
import { sharedGateway } from '../kit/sharedGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

const sandbox = sharedGateway();
const html = { accept: 'text/html' };

/** Returns the page, and the URLs of everything that it refers to. */
async function openPage(url: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { headers: { ...html, ...headers } });
  const text = await answer.text();
  const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => new URL(path, url).href);
  return { answer, text, files };
}

/** Returns the URLs of the script and of the workers that it starts. */
async function scriptsOf(url: string): Promise<string[]> {
  const { files } = await openPage(url);
  const script = files.find((file) => file.endsWith('.js')) ?? '';
  const text = await (await fetch(script)).text();
  const workers = [...text.slice(0, 1_000).matchAll(/"(\/graphiql\/[^"]+)"/g)];
  return [script, ...workers.map(([, path = '']) => new URL(path, url).href)];
}

describe('the page of GraphiQL', () => {
  it('is small, and has no script of its own and no file of another host', async () => {
    const { answer, text, files } = await openPage(sandbox.url);

    expect(text.length).toBeLessThan(4_096);
    expect(text).not.toMatch(/<script(?![^>]* src=)/);
    expect(answer.headers.get('content-security-policy')).toMatch(/script-src 'self';/);
    expect(files).toHaveLength(3);
    expect(files.map((file) => new URL(file).origin)).toEqual(files.map(() => new URL(sandbox.url).origin));
  });

  it('opens with the query of the command line, as text and not as markup', async () => {
    const { text } = await openPage(sandbox.url);

    const [, options = ''] = /data-options="([^"]*)"/.exec(text) ?? [];
    expect(options).not.toMatch(/[<>]/);
    expect(JSON.parse(options.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))))).toMatchObject({
      title: 'Journals gateway',
      shouldPersistHeaders: false,
    });
  });
});

describe('the files of GraphiQL', () => {
  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('are compressed with %s, and their names contain a hash', async (encoding, decompress) => {
    const [script = ''] = await scriptsOf(sandbox.url);
    const answered = await fetch(script, { method: 'HEAD', headers: { 'accept-encoding': encoding } });
    const plain = await fetch(script, { method: 'HEAD', headers: { 'accept-encoding': `${encoding};q=0, *;q=0.1` } });

    expect(answered.headers.get('content-encoding')).toBe(encoding);
    expect(answered.headers.get('vary')).toBe('accept-encoding');
    expect(answered.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect(plain.headers.get('content-encoding')).toBeNull();
    const [small, large] = [answered, plain].map(({ headers }) => Number(headers.get('content-length')));
    expect(small).toBeLessThan(1_600_000);
    expect(large).toBeGreaterThan(5_000_000);
    expect(script).toMatch(/\/graphiql\/graphiql\.[\w-]{16}\.js$/);
    expect(await bodyOf(script, encoding, decompress)).toBe(large);
  });

  it('are a script with its workers, a style sheet and an icon', async () => {
    const { files } = await openPage(sandbox.url);
    const scripts = await scriptsOf(sandbox.url);

    const types = await Promise.all(
      [...new Set([...files, ...scripts])].map(async (file) => {
        const answer = await fetch(file, { method: 'HEAD' });
        return `${answer.status} ${answer.headers.get('content-type')}`;
      }),
    );

    const javascript = '200 text/javascript; charset=utf-8';
    const four = [javascript, javascript, javascript, javascript];
    expect(types.sort()).toEqual(['200 image/x-icon', '200 text/css; charset=utf-8', ...four]);
  });

  it('are shown only to clients that may see the page', async () => {
    const stub = await StubUpstream.start(json(404, {}));
    const { url, credentials } = await startWithKeys(stub.url, {
      reader: { scopes: ['journals:read'] },
      tool: { scopes: ['schema:introspect'] },
    });
    const { files } = await openPage(url, { authorization: credentials.tool });
    const statusesFor = (headers: Record<string, string>) =>
      Promise.all(files.map(async (file) => (await fetch(file, { method: 'HEAD', headers })).status));

    expect(await statusesFor({ authorization: credentials.tool })).toEqual([200, 200, 200]);
    expect(await statusesFor({ authorization: credentials.reader })).toEqual([404, 404, 404]);
    expect(await statusesFor({})).toEqual([404, 404, 404]);
  });

  it.each(['/graphiql/', '/graphiql/graphiql.js', '/graphiql/../../package.json', '/graphiql'])(
    'do not include %s',
    async (path) => {
      const { status } = await keepConnection()(new URL(sandbox.url).origin + path);

      expect(status).toBe(404);
    },
  );

  it('are read only', async () => {
    const [script = ''] = await scriptsOf(sandbox.url);

    expect((await fetch(script, { method: 'POST', body: '{}' })).status).toBe(404);
  });
});

/** Returns the length of the decompressed body. Unlike `fetch`, it decompresses the bytes on the wire itself. */
async function bodyOf(url: string, encoding: string, decompress: (bytes: Buffer) => Buffer): Promise<number> {
  const { body } = await request(url, { headers: { 'accept-encoding': encoding } });
  return decompress(Buffer.from(await body.arrayBuffer())).length;
}
