import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { closeLater } from './leftovers.ts';

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
 * A host that swallows packets: a listening socket of a process that stands still, its few places taken, so that the
 * kernel answers no further attempt to connect. Ended with the test.
 */
export async function startSwallowingHost(): Promise<SwallowingHost> {
  const child = spawn(process.execPath, ['-e', listener], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [told] = (await once(child.stdout, 'data')) as [Buffer];
  const taken = Number(told.toString());
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  // Until one isn't let in any more.
  for (let isLetIn = true; isLetIn;) {
    const filler = createConnection(taken, '127.0.0.1').on('error', () => undefined);
    fillers.push(filler);
    isLetIn = await Promise.race([once(filler, 'connect').then(() => true), wait(200, false)]);
  }
  const end = async () => {
    for (const filler of fillers) filler.destroy();
    child.kill('SIGKILL');
    await ended;
  };
  closeLater(end);
  return { port: taken, end };
}
