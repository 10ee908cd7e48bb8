import { StatusEvents } from '../../../src/events/StatusEvents.ts';
import type { StatusEventsOptions } from '../../../src/events/StatusEvents.ts';
import { ApiClock } from '../../../src/upstream/transport/ApiClock.ts';
import { basicCredentials } from '../../../src/upstream/transport/credentials.ts';
import { StatusEventsClient } from '../../../src/upstream/events/StatusEventsClient.ts';
import { closeLater } from '../../kit/closeLater.ts';
import { json, StubUpstream } from '../../kit/StubUpstream.ts';
import type { Answer } from '../../kit/StubUpstream.ts';
import { watchedLog } from '../../kit/watchedLog.ts';

/** Starts feed, hub and replays with an Event API that the test controls. They are closed when the test ends. */
export async function startStatusEvents(answerEvents: Answer, options?: StatusEventsOptions): Promise<StatusEvents> {
  const statusEvents = await openStatusEvents(answerEvents, options);
  statusEvents.start();
  await statusEvents.firstAttempt;
  return statusEvents;
}

/** Like `startStatusEvents`, but does not open the feed. */
export async function openStatusEvents(answerEvents: Answer, options?: StatusEventsOptions): Promise<StatusEvents> {
  const { url: baseUrl } = await StubUpstream.start(json(404, {}), answerEvents);
  const [credentials, clock] = [basicCredentials('key', 'secret'), new ApiClock()];
  const client = new StatusEventsClient({ baseUrl, version: 'v2', credentials, clock });
  const statusEvents = new StatusEvents(client, clock, watchedLog(), options);
  closeLater(async () => {
    await statusEvents.close();
    await client.close();
  });
  return statusEvents;
}
