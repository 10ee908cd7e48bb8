import { basicCredentials } from '../../src/upstream/transport/credentials.ts';
import { JournalsClient } from '../../src/upstream/journals/JournalsClient.ts';
import { UpstreamConnection } from '../../src/upstream/transport/UpstreamConnection.ts';
import type { UpstreamConnectionOptions } from '../../src/upstream/transport/UpstreamConnection.ts';

import { closeLater } from './closeLater.ts';
import { apiSecret } from './planted.ts';
import { watchedLog } from './watchedLog.ts';

/** Opens a client of the API at this address. It is closed when the test ends. */
export function openJournalsClient(baseUrl: string, options: Partial<UpstreamConnectionOptions> = {}): JournalsClient {
  const credentials = basicCredentials('sandbox', apiSecret);
  const connection = new UpstreamConnection({ baseUrl, credentials, log: watchedLog(), ...options });
  closeLater(() => connection.close());
  return new JournalsClient(connection);
}

/** Returns the reason with which a promise rejects. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, found ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
