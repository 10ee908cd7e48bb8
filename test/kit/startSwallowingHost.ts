import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { closeLater } from './closeLater.ts';

const listener = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));
`;

export interface SwallowingHost {
  readonly port: number;
  /** Frees the port. */
  end(): Promise<void>;
}

/**
 * Starts a host that seems to drop packets: a process listens and is then suspended with a full backlog, so that the
 * kernel no longer responds to attempts to connect. The process ends with the test.
 */
export async function startSwallowingHost(): Promise<SwallowingHost> {
  const child = spawn(process.execPath, ['-e', listener], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(output.toString());
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  // Fill the backlog until a connection is no longer accepted.
  for (let isAccepted = true; isAccepted;) {
    const filler = createConnection(port, '127.0.0.1').on('error', () => undefined);
    fillers.push(filler);
    isAccepted = await Promise.race([once(filler, 'connect').then(() => true), wait(200, false)]);
  }
  const end = async () => {
    for (const filler of fillers) filler.destroy();
    child.kill('SIGKILL');
    await ended;
  };
  closeLater(end);
  return { port, end };
}
