import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '../../kit/freePort.ts';
import { closeLater } from '../../kit/closeLater.ts';
import { runHaproxy } from '../../kit/runHaproxy.ts';
import { temporaryFolder } from '../../kit/temporaryFolder.ts';

/**
 * Starts HAProxy in front of several gateways: each new connection goes to the next gateway that responds. Connections
 * to a gateway that no longer responds are cut, as clients that miss pings would do. It ends with the test.
 *
 * @returns the URL of HAProxy
 */
export async function startBalancer(ports: readonly number[]): Promise<string> {
  const port = await freePort();
  const file = join(await temporaryFolder(), 'haproxy.cfg');
  writeFileSync(file, configuration(port, ports));
  const haproxy = await runHaproxy(file, port);
  closeLater(() => haproxy.kill());
  return `http://127.0.0.1:${port}`;
}

function configuration(port: number, ports: readonly number[]): string {
  const servers = ports.map((at, index) => `  server gateway${index} 127.0.0.1:${at}`);
  return `
global
  maxconn 4000
defaults
  mode http
  timeout check 1s
  timeout connect 500ms
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend clients
  bind 127.0.0.1:${port}
  default_backend gateways
backend gateways
  balance roundrobin
  option redispatch
  option httpchk GET /health
  default-server check inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions
${servers.join('\n')}
`;
}
