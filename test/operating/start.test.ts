import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { Issuer } from '../kit/Issuer.ts';
import { apiSecret } from '../kit/planted.ts';
import { Binary } from '../kit/startBinary.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';

/** Packages and files that only some configurations use. */
const optionalParts = [
  '@graphql-yoga/render-graphiql',
  '@modelcontextprotocol/sdk',
  '@opentelemetry/sdk-trace-node',
  'ioredis',
  'jose',
  'libsql',
  'prom-client',
  'src/sandbox/createSandbox.ts',
] as const;

/** Starts `serve`, stops it when it listens, and returns the optional parts that it has loaded by then. */
async function loadedParts(argv: string[], environment: Record<string, string>): Promise<string[]> {
  const coverage = await temporaryFolder();
  const gateway = new Binary(['serve', '--port', '0', ...argv], {
    ADMIN_PORT: 'off',
    ...environment,
    // When the process ends, Node writes to this folder which files it has loaded.
    NODE_V8_COVERAGE: coverage,
  });
  await gateway.printed(/^GraphQL +(\S+)$/m);
  gateway.kill('SIGTERM');
  expect(await gateway.exit).toMatchObject({ code: 0 });
  const sources = await sourcesOf(await scriptsOf(coverage));
  return optionalParts.filter((part) => sources.some((source) => source.includes(`/${part}`)));
}

/** Returns the URLs of the loaded scripts, from the folder that Node has written. */
async function scriptsOf(coverage: string): Promise<URL[]> {
  const [name = ''] = await readdir(coverage);
  const { result } = JSON.parse(await readFile(join(coverage, name), 'utf8')) as { result: { url: string }[] };
  return result.filter(({ url }) => url.startsWith('file:')).map(({ url }) => new URL(url));
}

/** Returns the paths of the files from which the scripts were built, or of the scripts themselves. */
async function sourcesOf(scripts: readonly URL[]): Promise<string[]> {
  const sources = scripts.map(async (script) => {
    const map = new URL(`${script.href}.map`);
    if (!script.pathname.includes('/dist/cli/') || !existsSync(map)) return script.pathname;
    return (JSON.parse(await readFile(map, 'utf8')) as { sources: string[] }).sources;
  });
  return (await Promise.all(sources)).flat();
}

/** Starts a sandbox. Returns the environment of a gateway that uses it like a remote API. */
async function remoteApiVariables(): Promise<Record<string, string>> {
  const { url } = await startSandbox();
  return { APCA_BROKER_BASE_URL: url, APCA_BROKER_KEY_ID: 'sandbox', APCA_BROKER_SECRET_KEY: apiSecret };
}

describe('the startup of the gateway', () => {
  it('loads only SQLite if nothing else is configured', async () => {
    expect(await loadedParts([], await remoteApiVariables())).toEqual(['libsql']);
  });

  it('loads the sandbox for --sandbox', async () => {
    expect(await loadedParts(['--sandbox'], { SANDBOX_PORT: '0' })).toEqual(['libsql', 'src/sandbox/createSandbox.ts']);
  });

  it('loads what tokens, tools, traces and metrics need before it listens', async () => {
    const issuer = await Issuer.start();
    const { url: AUTH_JWKS_URL, name: AUTH_ISSUER, audience: AUTH_AUDIENCE } = issuer;

    const parts = await loadedParts([], {
      ...(await remoteApiVariables()),
      ...{ AUTH: 'jwt', AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE },
      MCP: 'on',
      OTEL_TRACES_EXPORTER: 'otlp',
      ADMIN_PORT: '0',
    });

    expect(parts).toEqual([
      '@modelcontextprotocol/sdk',
      '@opentelemetry/sdk-trace-node',
      'jose',
      'libsql',
      'prom-client',
    ]);
  });

  it.skipIf(isWithoutRedis)('loads the client of Redis instead of SQLite if Redis is configured', async () => {
    const redis = await startRedis();

    expect(await loadedParts([], { ...(await remoteApiVariables()), REDIS_URL: redis.url })).toEqual(['ioredis']);
  });
});
