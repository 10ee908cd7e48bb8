import { serveHere } from '../../kit/serveHere.ts';

import { startApi } from './startApi.ts';
import type { Api } from './startApi.ts';

/** A gateway with the console before a sandbox of its own. Ends with the test. */
export async function startConsole(): Promise<Api & { origin: string }> {
  const api = await startApi();
  const { url } = await serveHere(api.environment, {});
  return { ...api, origin: new URL(url).origin };
}
