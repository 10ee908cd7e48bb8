import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Sandbox } from '../../../src/sandbox/createSandbox.ts';
import { freePort } from '../../kit/freePort.ts';
import { closeLater } from '../../kit/closeLater.ts';
import { runHaproxy } from '../../kit/runHaproxy.ts';
import { startRedis } from '../../kit/startRedis.ts';
import type { TestRedis } from '../../kit/startRedis.ts';
import { temporaryFolder } from '../../kit/temporaryFolder.ts';
import { KilledGateway } from '../../money/kit/KilledGateway.ts';

export interface Cluster {
  /** The URL of HAProxy, which sends each request to the next gateway. */
  url: string;
  gateways: KilledGateway[];
  redis: TestRedis;
}

/** Starts built gateways in their own processes that share a Redis, behind HAProxy as docs/operating.md describes. */
export async function startCluster(
  sandbox: Sandbox,
  environment: Record<string, string> = {},
  count = 3,
): Promise<Cluster> {
  const redis = await startRedis();
  const adminPorts = await Promise.all(Array.from({ length: count }, freePort));
  const gateways = await Promise.all(
    adminPorts.map((port) =>
      KilledGateway.start(sandbox, { REDIS_URL: redis.url, ADMIN_PORT: String(port), ...environment }),
    ),
  );
  const port = await freePort();
  const file = join(await temporaryFolder(), 'haproxy.cfg');
  const servers = gateways.map((gateway, index) => ({ port: gateway.port, adminPort: adminPorts[index] ?? 0 }));
  writeFileSync(file, configuration(port, servers));
  const haproxy = await runHaproxy(file, port);
  closeLater(() => haproxy.kill());
  return { url: `http://127.0.0.1:${port}/graphql`, gateways, redis };
}

function configuration(port: number, servers: readonly { port: number; adminPort: number }[]): string {
  return `
global
  maxconn 1000
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  # Without it, a gateway that is busy for one interval of the checks counts as gone.
  timeout check 5s
  option http-server-close
  http-reuse never
  retry-on conn-failure
  option redispatch 1
frontend clients
  bind 127.0.0.1:${port}
  default_backend gateways
backend gateways
  balance roundrobin
  option httpchk GET /ready
  default-server check inter 200ms fall 1 rise 1
${servers.map((server, index) => `  server gateway${index} 127.0.0.1:${server.port} port ${server.adminPort}`).join('\n')}
`;
}
