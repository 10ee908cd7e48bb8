import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const isInstalled = spawnSync('haproxy', ['-v']).status === 0;

/** Whether to skip tests that need HAProxy, because it is not installed. In CI such tests fail instead. */
export const isWithoutHaproxy = !isInstalled && process.env['CI'] === undefined;
if (isWithoutHaproxy) console.log('skipped: haproxy is not installed (apt-get install haproxy)');

/** Starts HAProxy with a configuration file, and resolves when it listens on a port. */
export async function runHaproxy(file: string, port: number): Promise<{ kill: () => Promise<void> }> {
  const haproxy = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(haproxy, 'close');
  let words = '';
  haproxy.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  while (!(await isListening(port))) {
    if (haproxy.exitCode !== null) throw new Error(`haproxy ended: ${words}`);
  }
  return {
    async kill() {
      haproxy.kill('SIGKILL');
      await ended;
    },
  };
}

/** Tries to connect once. */
async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    wait(200, false),
  ]);
  socket.destroy();
  if (!isOpen) await wait(20);
  return isOpen;
}
