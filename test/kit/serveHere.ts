import { readConfig } from '../../src/config/readConfig.ts';
import type { ConfigFlags } from '../../src/config/readConfig.ts';
import { createGateway } from '../../src/gateway.ts';
import type { Gateway } from '../../src/gateway.ts';

import { closeLater } from './closeLater.ts';
import { watchedLog } from './watchedLog.ts';

/**
 * Starts what `serve` starts with these variables and flags, but in this process, because a new process takes a second.
 * For tests that neither kill the command nor read what it prints. Everything is closed when the test ends.
 */
export async function serveHere(
  environment: Record<string, string> = {},
  flags: ConfigFlags = { sandbox: true },
): Promise<Gateway> {
  const config = readConfig({ SANDBOX_PORT: '0', ADMIN_PORT: '0', ...environment }, { port: '0', ...flags });
  const gateway = await createGateway({ config, log: watchedLog(), defaultQuery: '' });
  closeLater(() => gateway.close());
  return gateway;
}
