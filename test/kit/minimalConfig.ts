import { readConfig } from '../../src/config/readConfig.ts';
import type { GatewayConfig } from '../../src/config/readConfig.ts';

/** The limits of a gateway without configuration. */
export const defaultLimits = readConfig({}, { sandbox: true }).limits;

/**
 * The configuration of a gateway on a free port, without authentication, admin port, console, traces and tools, and
 * without a delay before it drains. Outcomes are kept in memory.
 */
export const minimalConfig: Omit<GatewayConfig, 'upstream'> = {
  host: '127.0.0.1',
  port: 0,
  admin: null,
  console: 'off',
  shutdown: { delayMs: 0, graceMs: 10_000, spreadMs: 3_000 },
  tracing: null,
  auth: { kind: 'none' },
  logLevel: 'silent',
  outcomes: { file: null, settleMs: 60_000 },
  limits: defaultLimits,
  documents: { file: null, only: false },
  mcp: false,
  isSubgraph: false,
};
