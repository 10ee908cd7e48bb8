import type { ServerResponse } from 'node:http';

import type { Limits } from '../../../src/config/limits.ts';
import { ask } from '../../kit/ask.ts';
import { startGateway } from '../../kit/startGateway.ts';
import { statusEventLine } from '../../kit/statusEventLine.ts';
import { json, StubUpstream } from '../../kit/StubUpstream.ts';
import type { SeenRequest } from '../../kit/StubUpstream.ts';

let count = 0;

/** Formats an event with this time as the API's stream does. */
export function line(at: string, id = `01HCMJK2ZKCPTYXMJYS6${String((count += 1)).padStart(6, '0')}`): string {
  return statusEventLine(at, id);
}

export function ago(ms: number): string {
  return new Date(Date.now() - ms).toISOString();
}

/**
 * Starts a gateway whose feed sends what the test writes. The test also responds to every bounded stream, which is a
 * replay.
 *
 * @param clockMs the offset of the API's clock while the feed opens, in ms: -60,000 makes the feed a minute old
 */
export async function startScriptedGateway(
  answerBounded: (request: SeenRequest, response: ServerResponse) => void = () => undefined,
  clockMs = 0,
  limits: Partial<Limits> = {},
) {
  const feeds: ServerResponse[] = [];
  const stub = await StubUpstream.start(json(404, {}), (request, response) => {
    const date = new Date(Date.now() + clockMs).toUTCString();
    response.writeHead(200, { 'content-type': 'text/event-stream', date });
    response.write(': welcome\n\n');
    if (request.url.includes('until')) answerBounded(request, response);
    else feeds.push(response);
  });
  const { url } = await startGateway(stub.url, {}, { limits });
  if (clockMs !== 0) await ask(url, '{ journal(id: "00000000-0000-4000-8000-000000000000") { id } }');
  return { url, stub, feeds };
}
