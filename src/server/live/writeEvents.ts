import { isResults } from '../../engine/answers/Answer.ts';
import type { Answer, Results } from '../../engine/answers/Answer.ts';
import { LiveMessage } from '../../engine/live/LiveMessage.ts';
import { publicError } from '../../engine/errors/publicError.ts';
import type { Log } from '../../log.ts';

import type { EventStreamBody } from './EventStreamBody.ts';

/** Writes an answer, or results no faster than the client reads them, and completes the stream. */
export async function writeEvents(outcome: Answer | Results, body: EventStreamBody, log: Log): Promise<void> {
  if (isResults(outcome)) {
    try {
      await writeAll(outcome, body);
    } catch (error) {
      body.deliver(LiveMessage.of({ errors: [publicError(error, log)] }));
    }
  } else {
    body.deliver(new LiveMessage(outcome.text));
  }
  body.complete();
}

async function writeAll(results: Results, body: EventStreamBody): Promise<void> {
  for await (const result of results) {
    body.deliver(LiveMessage.of(result, body.progress?.cursor));
    const room = body.room();
    if (room) await (body.progress?.untilTaken(room, body.waitingBytes) ?? room);
    if (body.destroyed) return;
  }
}
