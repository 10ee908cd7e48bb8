import type { GatewayConfig } from '../../src/config/readConfig.ts';

/** The configuration of a gateway without admin port, console, traces and tools, and without a delay before it drains. */
export const minimalConfig: Pick<GatewayConfig, 'admin' | 'console' | 'shutdown' | 'tracing' | 'documents' | 'mcp'> = {
  admin: null,
  console: 'off',
  shutdown: { delayMs: 0, graceMs: 10_000, spreadMs: 3_000 },
  tracing: null,
  documents: { file: null, only: false },
  mcp: false,
};
