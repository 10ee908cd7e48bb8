import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { serveHere } from '../kit/serveHere.ts';
import { sharedBinary } from '../kit/sharedBinary.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';

const serving = sharedBinary();
const at = (path: string) => new URL(path, serving().url).href;
const preflight = { 'graphql-require-preflight': 'true' };

/** Returns the paths of the assets that the page loads. */
async function assetsOfPage(): Promise<string[]> {
  const page = await (await fetch(at('/'))).text();
  return [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
}

/** Downloads a file. Returns the number of bytes on the wire, without decompressing them. */
function download(url: string, encoding: string): Promise<{ bytes: number; encoding: string | undefined }> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { 'accept-encoding': encoding } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.once('end', () => resolve({ bytes, encoding: response.headers['content-encoding'] }));
    })
      .once('error', reject)
      .end();
  });
}

describe('the console', () => {
  it.each(['/', '/journals/8f8c8cee-2591-4f83-be12-82c659b5e748', '/new/batch', '/sandbox'])(
    'is the same page at %s, under a policy that lets only its own files run',
    async (path) => {
      const response = await fetch(at(path));

      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      const page = await response.text();
      expect(page).toContain('<meta name="gateway" content="sandbox"');
      expect(page).not.toMatch(/<style|style=|<script>|https?:\/\//);
    },
  );

  it('sends a page that has not changed only once', async () => {
    const etag = (await fetch(at('/'))).headers.get('etag') ?? '';

    const response = await fetch(at('/'), { headers: { 'if-none-match': etag } });

    expect(response.status).toBe(304);
  });

  it('has assets that are compressed with a coding that the browser accepts and cached forever', async () => {
    const assets = await assetsOfPage();
    expect(assets.length).toBeGreaterThan(1);

    for (const path of assets) {
      const [plain, gzip, brotli] = await Promise.all(
        ['identity', 'gzip;q=1, br;q=0', 'gzip, br'].map((encoding) => download(at(path), encoding)),
      );
      expect([plain?.encoding, gzip?.encoding, brotli?.encoding]).toEqual([undefined, 'gzip', 'br']);
      expect(brotli?.bytes).toBeLessThan(plain?.bytes ?? 0);
      const { headers } = await fetch(at(path));
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('vary')).toBe('accept-encoding');
    }
  });

  it('loads less than 150 kB at first', async () => {
    const assets = await assetsOfPage();

    const sizes = await Promise.all(['/', ...assets].map((path) => download(at(path), 'br')));

    expect(sizes.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(150_000);
  });

  it.each(['/assets/nothing.js', '/assets/../.inputs', '/%2e%2e/package.json', '/assets/', '/journals', '/nowhere'])(
    'responds to %s with 404',
    async (path) => {
      expect((await fetch(at(path))).status).toBe(404);
    },
  );

  it('accepts only GET and HEAD', async () => {
    const [head, post] = [await fetch(at('/'), { method: 'HEAD' }), await fetch(at('/'), { method: 'POST' })];

    expect([head.status, post.status]).toEqual([200, 404]);
    expect(await head.text()).toBe('');
  });

  it('is not served with CONSOLE=off', async () => {
    const { url } = await serveHere({ CONSOLE: 'off' });

    expect((await fetch(new URL('/', url))).status).toBe(404);
    expect((await fetch(new URL('/sandbox/control/clock', url), { headers: preflight })).status).toBe(404);
  });

  it('is served from files that the package contains, and its tools are not installed with it', async () => {
    const root = new URL('../../', import.meta.url);
    const { files } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { files: string[] };

    const lock = await readFile(new URL('package-lock.json', root), 'utf8');
    const { packages } = JSON.parse(lock) as { packages: Record<string, { dev?: boolean }> };
    const tools = ['vite', 'react', 'react-dom', '@base-ui/react', '@urql/core', 'gql.tada', 'papaparse', 'wouter'];

    expect(files).toContain('dist');
    expect(tools.filter((name) => packages[`node_modules/${name}`]?.dev !== true)).toEqual([]);
    expect(await readdir(new URL('dist/console/assets/', root))).not.toEqual([]);
  });
});

describe("the sandbox's controls at the gateway's own origin", () => {
  const clock = '/sandbox/control/clock';

  it('move the clock', async () => {
    const read = async () => {
      const { now } = (await (await fetch(at(clock), { headers: preflight })).json()) as { now: string };
      return Date.parse(now);
    };
    const before = await read();

    const response = await fetch(at(clock), { method: 'POST', headers: preflight, body: '{"advanceMs":3600000}' });

    expect(response.status).toBe(200);
    expect((await read()) - before).toBeGreaterThanOrEqual(3_600_000);
  });

  it.each([
    ['without a header that needs a preflight request', {}],
    ['of another site', { ...preflight, origin: 'https://evil.example' }],
  ])('refuse a request %s', async (_which, headers) => {
    const response = await fetch(at('/sandbox/control/end-of-day'), { method: 'POST', headers, body: '{}' });

    expect(response.status).toBe(403);
  });

  it("refuse a long body, and return the sandbox's message for a body that the sandbox refuses", async () => {
    const put = (body: string) => fetch(at('/sandbox/control/faults'), { method: 'PUT', headers: preflight, body });

    expect((await put('x'.repeat(70_000))).status).toBe(413);
    expect((await put('{"faults":[{"kind":"magic"}]}')).status).toBe(400);
  });

  it.each(['reset', 'stats', 'log', 'accounts/x', 'clock/../reset'])('do not offer %s', async (name) => {
    const response = await fetch(at(`/sandbox/control/${name}`), { method: 'POST', headers: preflight, body: '{}' });

    expect(response.status).toBe(404);
  });

  it('require a credential with the scope journals:write if AUTH is configured', async () => {
    const file = join(await temporaryFolder(), 'keys.json');
    const [reader, writer] = [newKey('reader'), newKey('writer', { scopes: ['journals:write'], fromAccounts: ['*'] })];
    await writeKeyFile(file, [reader, writer]);
    const { url } = await serveHere({ AUTH: 'api-key', AUTH_API_KEYS_FILE: file });
    const statusWith = async (headers: Record<string, string>) =>
      (await fetch(new URL(clock, url), { headers: { ...preflight, ...headers } })).status;

    expect(await statusWith({})).toBe(401);
    expect(await statusWith({ authorization: `Bearer ${reader.key}` })).toBe(403);
    expect(await statusWith({ authorization: `Bearer ${writer.key}` })).toBe(200);
  });
});
