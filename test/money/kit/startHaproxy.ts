import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '../../kit/freePort.ts';
import { closeLater } from '../../kit/closeLater.ts';
import { runHaproxy } from '../../kit/runHaproxy.ts';
import { temporaryFolder } from '../../kit/temporaryFolder.ts';

export interface Haproxy {
  readonly url: string;
  /** Kills HAProxy while requests are in flight and starts it again. */
  restart(): Promise<void>;
}

/**
 * Starts HAProxy in front of the sandbox as a bad network. It drops some requests, replaces some responses with 502
 * after the sandbox has processed the request, and delays everything a little. It ends with the test.
 */
export async function startHaproxy(sandboxPort: number): Promise<Haproxy> {
  const port = await freePort();
  const file = join(await temporaryFolder(), 'haproxy.cfg');
  writeFileSync(file, configuration(port, sandboxPort));
  let running = await runHaproxy(file, port);
  closeLater(() => running.kill());
  return {
    url: `http://127.0.0.1:${port}`,
    async restart() {
      await running.kill();
      running = await runHaproxy(file, port);
    },
  };
}

function configuration(port: number, sandboxPort: number): string {
  return `
global
  maxconn 1000
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
frontend api
  bind 127.0.0.1:${port}
  tcp-request inspect-delay 20ms
  tcp-request content accept if WAIT_END
  http-request reject if { rand(100) lt 10 } !{ path_beg /v2/events }
  default_backend sandbox
backend sandbox
  http-response return status 502 content-type text/html string "<html><title>Bad Gateway</title></html>" if { rand(100) lt 15 }
  tcp-response content close if { rand(100) lt 10 }
  server sandbox 127.0.0.1:${sandboxPort}
`;
}
