import { setTimeout as wait } from 'node:timers/promises';

import { freePort } from '../../kit/freePort.ts';
import { startRedis } from '../../kit/startRedis.ts';
import type { TestRedis } from '../../kit/startRedis.ts';
import { serveBinary } from '../../kit/startBinary.ts';
import type { ServingBinary } from '../../kit/startBinary.ts';

import { cursorOf } from './cursors.ts';
import { LiveSandbox } from './LiveSandbox.ts';
import { startBalancer } from './startBalancer.ts';

export type Role = 'leading' | 'following' | 'standalone';

/** A sandbox, Redis and several gateways behind a balancer, each in its own process. */
export class Fleet extends LiveSandbox {
  readonly redis: TestRedis;
  readonly #ports: readonly number[];
  readonly #gateways: (ServingBinary | null)[];
  #url = '';

  private constructor(sandboxUrl: string, redis: TestRedis, ports: readonly number[]) {
    super(sandboxUrl);
    this.redis = redis;
    this.#ports = ports;
    this.#gateways = ports.map(() => null);
    Object.assign(this.environment, { REDIS_URL: redis.url, STALL_SECONDS: '5', SHUTDOWN_SPREAD_SECONDS: '0' });
  }

  static async start(size: number, environment: Record<string, string> = {}): Promise<Fleet> {
    const ports: number[] = [];
    while (ports.length < size) ports.push(await freePort());
    const fleet = new Fleet(await LiveSandbox.startProcess(), await startRedis(), ports);
    Object.assign(fleet.environment, environment);
    await Promise.all(ports.map((_port, index) => fleet.startGateway(index)));
    fleet.#url = `${await startBalancer(ports)}/graphql`;
    return fleet;
  }

  get size(): number {
    return this.#ports.length;
  }

  /** The URL of the balancer. */
  get url(): string {
    return this.#url;
  }

  urlOf(index: number): string {
    return `http://127.0.0.1:${this.#ports[index]}/graphql`;
  }

  async startGateway(index: number): Promise<void> {
    this.#gateways[index] = await serveBinary(['--port', String(this.#ports[index])], this.environment);
  }

  signal(index: number, signal: NodeJS.Signals): void {
    this.#gateways[index]?.binary.kill(signal);
  }

  /** Sends a signal to a gateway and waits for its exit. @returns its exit code */
  async endGateway(index: number, signal: NodeJS.Signals): Promise<number | null> {
    this.signal(index, signal);
    return (await this.#gateways[index]?.binary.exit)?.code ?? null;
  }

  /** Returns the role of each gateway for the feed, or null if it does not answer. */
  async roles(): Promise<(Role | null)[]> {
    return Promise.all(this.#gateways.map((gateway) => roleOf(gateway?.adminUrl ?? 'http://127.0.0.1:1')));
  }

  /** Waits until a gateway leads and returns its index. */
  async untilLed(): Promise<number> {
    for (;;) {
      const index = (await this.roles()).indexOf('leading');
      if (index !== -1) return index;
      await wait(20);
    }
  }

  cursor(): Promise<string> {
    return cursorOf(this.#url);
  }
}

async function roleOf(adminUrl: string): Promise<Role | null> {
  const response = await fetch(`${adminUrl}/ready`, { signal: AbortSignal.timeout(500) }).catch(() => null);
  if (!response) return null;
  const { checks } = (await response.json()) as { checks: { feed: { role?: Role } } };
  return checks.feed.role ?? null;
}
