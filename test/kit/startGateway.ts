import type { OutcomesConfig } from '../../src/config/events.ts';
import type { GatewayConfig } from '../../src/config/readConfig.ts';
import type { Limits } from '../../src/config/limits.ts';
import type { UpstreamConfig } from '../../src/config/upstream.ts';
import { createGateway } from '../../src/gateway.ts';
import type { Gateway } from '../../src/gateway.ts';
import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import type { SandboxOptions } from '../../src/sandbox/setup/SandboxOptions.ts';

import { closeLater } from './closeLater.ts';
import { apiSecret } from './planted.ts';
import { minimalConfig } from './minimalConfig.ts';
import { watchedLog } from './watchedLog.ts';

/**
 * Starts a sandbox on a free port, closed when the test ends. Its single cash journals follow the classic flow: three
 * events each, with an intermediate status that a test can wait for.
 */
export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const flow = { jnlcFlow: 'classic', settleDelayMs: 5 } as const;
  const sandbox = await createSandbox({ keyId: 'sandbox', secretKey: apiSecret, ...flow, ...options });
  closeLater(() => sandbox.close());
  return sandbox;
}

/** The parts of a gateway's configuration that a test changes. */
export interface GatewaySettings extends Partial<Omit<GatewayConfig, 'outcomes' | 'limits'>> {
  outcomes?: Partial<OutcomesConfig>;
  limits?: Partial<Limits>;
}

/**
 * Starts a gateway on a free port in front of the given upstream. It is closed when the test ends.
 *
 * @param keep called with each line of its log
 */
export async function startGateway(
  upstreamUrl: string,
  remote: Partial<UpstreamConfig> = {},
  { outcomes, limits, ...settings }: GatewaySettings = {},
  keep?: (line: string) => void,
): Promise<Gateway> {
  const upstream: UpstreamConfig = {
    baseUrl: upstreamUrl,
    credentials: { kind: 'basic', keyId: 'sandbox', secretKey: apiSecret },
    eventsVersion: 'v2',
    currency: 'USD',
    ...remote,
  };
  const gateway = await createGateway({
    config: {
      ...minimalConfig,
      outcomes: { ...minimalConfig.outcomes, ...outcomes },
      limits: { ...minimalConfig.limits, ...limits },
      upstream: { kind: 'remote', remote: upstream },
      ...settings,
    },
    log: watchedLog(keep),
    defaultQuery: '',
  });
  closeLater(() => gateway.close());
  return gateway;
}

/** Starts a sandbox and a gateway in front of it. */
export async function startBoth(
  options: Partial<SandboxOptions> = {},
): Promise<{ gateway: Gateway; sandbox: Sandbox }> {
  const sandbox = await startSandbox(options);
  const gateway = await startGateway(sandbox.url);
  return { gateway, sandbox };
}
