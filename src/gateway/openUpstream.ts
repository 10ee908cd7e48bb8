import type { Part } from '../concurrency/closeAll.ts';
import type { GatewayConfig } from '../config/readConfig.ts';
import type { UpstreamConfig } from '../config/upstream.ts';
import type { Log } from '../log.ts';
import type { Sharing } from '../redis/Sharing.ts';
import { StatusEventsClient } from '../upstream/events/StatusEventsClient.ts';
import { JournalsClient } from '../upstream/journals/JournalsClient.ts';
import { ApiClock } from '../upstream/transport/ApiClock.ts';
import { createCredentials } from '../upstream/transport/createCredentials.ts';
import { RateGovernor } from '../upstream/transport/RateGovernor.ts';
import { shareRate } from '../upstream/transport/shareRate.ts';
import { UpstreamConnection } from '../upstream/transport/UpstreamConnection.ts';
import type { UpstreamObserver } from '../upstream/transport/UpstreamObserver.ts';

/** Returns the configuration of the API. Starts an embedded sandbox in its place if it is configured. */
export async function openApi(
  { upstream }: GatewayConfig,
  opened: Part[],
  log: Log,
): Promise<{ upstream: UpstreamConfig; sandboxUrl: string | null }> {
  if (upstream.kind === 'remote') return { upstream: upstream.remote, sandboxUrl: null };
  const { keyId, secretKey, port } = upstream.sandbox;
  const onError = (error: unknown) => log.error({ err: error }, 'the sandbox failed');
  const { createSandbox } = await import('../sandbox/createSandbox.ts');
  const sandbox = await createSandbox({ keyId, secretKey, port, onError });
  opened.push(['the sandbox', () => sandbox.close()]);
  const credentials = { kind: 'basic', keyId, secretKey } as const;
  const upstreamConfig = { baseUrl: sandbox.url, credentials, eventsVersion: 'v2', currency: 'USD' } as const;
  return { upstream: upstreamConfig, sandboxUrl: sandbox.url };
}

/** The clients of the API, with the clock and the rate limit that they share. */
export interface Upstream {
  clock: ApiClock;
  governor: RateGovernor;
  connection: UpstreamConnection;
  journals: JournalsClient;
  statusEvents: StatusEventsClient;
}

export function openUpstream(config: UpstreamConfig, { opened, observers, sharing, log }: UpstreamParts): Upstream {
  const credentials = createCredentials(config.credentials, log);
  opened.push(["the API's credentials", () => credentials.close()]);
  const clock = new ApiClock();
  const governor = new RateGovernor(clock);
  if (sharing) shareRate(governor, sharing);
  const { baseUrl, eventsVersion: version } = config;
  const connection = new UpstreamConnection({ baseUrl, credentials, clock, governor, observers, log });
  opened.push(['the connection to the Journals API', () => connection.close()]);
  const statusEvents = new StatusEventsClient({ baseUrl, version, credentials, clock, governor, observers });
  opened.push(['the connection to the Event API', () => statusEvents.close()]);
  return { clock, governor, connection, journals: new JournalsClient(connection, sharing?.redis), statusEvents };
}

interface UpstreamParts {
  opened: Part[];
  observers: readonly UpstreamObserver[];
  sharing: Sharing | null;
  log: Log;
}
