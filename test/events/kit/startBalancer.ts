import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { freePort } from '../../kit/freePort.ts';
import { closeLater } from '../../kit/leftovers.ts';

/**
 * HAProxy in front of several gateways, as docs/operating.md describes it: each new connection goes to the next one that
 * answers. Connections to one that no longer answers are cut. Ends with the test.
 *
 * @returns the URL in front of all
 */
export async function startBalancer(ports: readonly number[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'balancer-'));
  const port = await freePort();
  const file = join(folder, 'haproxy.cfg');
  const servers = ports.map(
    (at, index) =>
      `  server gateway${index} 127.0.0.1:${at} check inter 200 fall 2 rise 1 on-marked-down shutdown-sessions`,
  );
  writeFileSync(file, configuration(port, servers));
  const haproxy = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
  const ended = once(haproxy, 'close');
  closeLater(async () => {
    haproxy.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await isUp(url))) {
    if (haproxy.exitCode !== null) throw new Error('haproxy has ended');
    await wait(20);
  }
  return url;
}

function configuration(port: number, servers: readonly string[]): string {
  return `
global
  maxconn 4000
defaults
  mode http
  balance roundrobin
  option redispatch
  option httpchk GET /health
  timeout check 1s
  timeout connect 500ms
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend clients
  bind 127.0.0.1:${port}
  default_backend gateways
backend gateways
${servers.join('\n')}
`;
}

async function isUp(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health`).catch(() => null);
  await response?.body?.cancel();
  return response?.status === 200;
}
