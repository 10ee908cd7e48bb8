import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '../../kit/freePort.ts';
import { startRedis } from '../../kit/startRedis.ts';
import { temporaryFolder } from '../../kit/temporaryFolder.ts';

/**
 * Starts a Redis that accepts only TLS. A new certificate authority signs its certificate for 127.0.0.1.
 *
 * @param settings further arguments of `redis-server`
 */
export async function startTlsRedis(settings: readonly string[] = []): Promise<{ host: string; caFile: string }> {
  const folder = await temporaryFolder();
  const openssl = (command: string) => execFileSync('openssl', command.split(' '), { cwd: folder, stdio: 'ignore' });
  const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1');
  openssl(`req -x509 ${newKey} -days 2 -subj /CN=authority -keyout ca.key -out ca.crt`);
  openssl(`req ${newKey} -subj /CN=redis -keyout redis.key -out redis.csr`);
  openssl('x509 -req -in redis.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out redis.crt');

  const port = await freePort();
  const files = { cert: 'redis.crt', key: 'redis.key', 'ca-cert': 'ca.crt' };
  const fileSettings = Object.entries(files).flatMap(([name, file]) => [`--tls-${name}-file`, join(folder, file)]);
  const tls = ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', ...fileSettings];
  await startRedis([...tls, ...settings]);
  return { host: `127.0.0.1:${port}`, caFile: join(folder, 'ca.crt') };
}
