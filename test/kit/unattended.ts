import type { GatewayConfig } from '../../src/config/readConfig.ts';

/** A gateway that nobody watches: no admin port, no console, no traces, no tools, and no delay before it drains. */
export const unattended: Pick<GatewayConfig, 'admin' | 'console' | 'shutdown' | 'tracing' | 'documents' | 'mcp'> = {
  admin: null,
  console: 'off',
  shutdown: { delayMs: 0, graceMs: 10_000, spreadMs: 3_000 },
  tracing: null,
  documents: { file: null, only: false },
  mcp: false,
};
