import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { Deferred } from '../../src/concurrency/Deferred.ts';
import { freePort } from './freePort.ts';
import { closeLater } from './closeLater.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;

/** Whether to skip tests that need Redis, because it is not installed. In CI such tests fail instead. */
export const isWithoutRedis = !isInstalled && process.env['CI'] === undefined;
if (isWithoutRedis) console.log('skipped: redis-server is not installed (apt-get install redis-server)');

/** A real Redis in its own process, which writes every command to disk. */
export class TestRedis {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  #settings: readonly string[];
  #process: ReturnType<typeof spawn> | null = null;
  #kill: () => Promise<void> = () => Promise.resolve();

  constructor(port: number, folder: string, settings: readonly string[]) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#port = port;
    this.#folder = folder;
    this.#settings = settings;
  }

  /** Starts Redis with the data that it has written to disk. Resolves when Redis accepts connections. */
  async start(): Promise<void> {
    const address = ['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', this.#folder];
    const persistence = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    const redis = spawn('redis-server', [...address, ...persistence, ...this.#settings], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(redis, 'close');
    this.#kill = async () => {
      redis.kill('SIGKILL');
      await ended;
    };
    this.#process = redis;
    const ready = new Deferred();
    let words = '';
    redis.stdout.setEncoding('utf8').on('data', (text: string) => {
      words += text;
      if (words.includes('Ready to accept connections')) ready.resolve();
    });
    const failed = ended.then(() => {
      throw new Error(`redis-server ended: ${words}`);
    });
    await Promise.race([ready.promise, failed]);
  }

  kill(): Promise<void> {
    return this.#kill();
  }

  /** Suspends the process. Its connections stay open, but Redis no longer responds. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** @param settings replace the arguments that were given to `startRedis`; by default those are kept */
  async restart({ keepsData, settings }: { keepsData: boolean; settings?: readonly string[] }): Promise<void> {
    await this.kill();
    this.#settings = settings ?? this.#settings;
    if (!keepsData) rmSync(join(this.#folder, 'appendonlydir'), { recursive: true });
    await this.start();
  }
}

/** Starts Redis. It is killed when the test ends. @param settings further arguments of `redis-server` */
export async function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  const redis = new TestRedis(await freePort(), await temporaryFolder(), settings);
  closeLater(() => redis.kill());
  await redis.start();
  return redis;
}
