import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { processorTime } from '../processorTime.ts';

import { residentMemory } from './residentMemory.ts';

const probe = new URL('./memoryProbe.js', import.meta.url).pathname;
const peers = new URL('./peers.js', import.meta.url).pathname;

/** The servers of `bench/live/peers.ts`. `bare` sends the same bytes as the others without executing GraphQL. */
type LivePeer = 'graphql-ws' | 'yoga' | 'bare';
/** The servers of `bench/peers`, which is a package of its own. */
export type RequestPeer = 'apollo' | 'hive' | 'floor' | 'mercurius' | 'passThrough' | 'yogaPothos';
export type ServerKind = 'gateway' | LivePeer | RequestPeer;

const requestPeers: readonly string[] = ['apollo', 'hive', 'floor', 'mercurius', 'passThrough', 'yogaPothos'];

/** A server in its own process, on its own core if the system allows it. */
export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** @param environment of the gateway, in addition to the variables of its upstream */
  static async start(
    kind: ServerKind,
    upstreamUrl: string,
    environment: Record<string, string> = {},
  ): Promise<ServerProcess> {
    const child = spawn(process.execPath, ['--expose-gc', '--import', probe, ...scriptOf(kind)], {
      env: {
        PATH: process.env['PATH'],
        LOG_LEVEL: 'error',
        ADMIN_PORT: 'off',
        NODE_ENV: 'production',
        APCA_BROKER_BASE_URL: upstreamUrl,
        APCA_BROKER_KEY_ID: 'bench',
        APCA_BROKER_SECRET_KEY: 'bench',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    pin(child.pid, 0);
    for await (const text of child.stdout as AsyncIterable<Buffer>) {
      const port = /127\.0\.0\.1:(\d+)/.exec(text.toString())?.[1];
      if (port !== undefined) return new ServerProcess(child, Number(port));
    }
    throw new Error(`${kind} ended before it listened`);
  }

  /** The processor time that the server has used so far, in seconds. */
  get processorSeconds(): number {
    return processorTime(this.#child.pid ?? 0) / 1_000_000;
  }

  /** The resident memory, without a garbage collection before, in bytes; NaN without /proc. */
  get residentBytes(): number {
    return residentMemory(this.#child.pid ?? 0);
  }

  /** Returns the memory after a garbage collection. */
  async memory(): Promise<NodeJS.MemoryUsage> {
    this.#child.send('memory');
    const [usage] = (await once(this.#child, 'message')) as [NodeJS.MemoryUsage];
    return usage;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

function scriptOf(kind: ServerKind): string[] {
  if (kind === 'gateway') return ['dist/cli/main.js', 'serve', '--port', '0'];
  return requestPeers.includes(kind) ? [`bench/peers/${kind}.js`] : [peers, kind];
}

/** Pins a process to one core, if `taskset` is available. */
export function pin(pid: number | undefined, core: number): void {
  try {
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
  } catch {
    // Without pinning, the figures vary a little more.
  }
}
