import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import type { Gateway } from '../../src/gateway.ts';
import { startGateway } from './startGateway.ts';
import type { GatewaySettings } from './startGateway.ts';
import { startRedis } from './startRedis.ts';
import type { TestRedis } from './startRedis.ts';

/** Starts several gateways in this process, which share a Redis, in front of one sandbox. */
export async function startGateways(
  sandbox: Sandbox,
  count = 3,
  settings: GatewaySettings = {},
): Promise<{ gateways: Gateway[]; redis: TestRedis }> {
  const redis = await startRedis();
  const shared = { redis: redisOf(redis), ...settings };
  const start = () => startGateway(sandbox.url, {}, shared);
  // The first gateway waits until reverse batches may be sent.
  const first = await start();
  return { gateways: [first, ...(await Promise.all(Array.from({ length: count - 1 }, start)))], redis };
}

/** Returns the configuration that makes a gateway use this Redis. */
export function redisOf({ url }: Pick<TestRedis, 'url'>) {
  return { url, prefix: 'test', account: null };
}
