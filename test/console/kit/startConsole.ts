import { serveHere } from '../../kit/serveHere.ts';

import { startApi } from './startApi.ts';
import type { Api } from './startApi.ts';

/** Starts a gateway with the console in front of a new sandbox. Both are closed when the test ends. */
export async function startConsole(): Promise<Api & { origin: string }> {
  const api = await startApi();
  const { url } = await serveHere(api.environment, {});
  return { ...api, origin: new URL(url).origin };
}
