import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

import { createParser } from 'eventsource-parser';

import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { decodeStatusEvent } from './decodeStatusEvent.ts';
import { UpstreamUnavailableError } from '../../errors/faults.ts';
import { messageOf } from '../../errors/messageOf.ts';

/** What a stream carries: events, and the comments that matter. */
export type StatusStreamItem =
  | { kind: 'event'; event: JournalStatusEvent }
  /** An event that can't be read; the stream goes on. */
  | { kind: 'unreadable'; error: unknown }
  /** The stream is alive. */
  | { kind: 'heartbeat' }
  /** Events were lost, or the server is about to close: replay from the last one. */
  | { kind: 'lossy'; comment: string };

const maxBufferedCharacters = 1_048_576; // of one event that has not ended yet

/** What comes in one piece is handed out in parts, with a turn of the event loop between: subscribers send what they have. */
const itemsAtOnce = 32;

/**
 * Comments carry meaning here and most SSE clients swallow them, so the parser is driven by hand.
 * Parked on the network, this generator can't be returned from: `close()` of the stream aborts the body instead.
 */
export async function* readStatusStream(
  body: Readable,
  signal: AbortSignal,
): AsyncGenerator<StatusStreamItem, void, undefined> {
  const items: StatusStreamItem[] = [];
  const parser = createParser({
    maxBufferSize: maxBufferedCharacters,
    onEvent: ({ data }) => items.push(readEvent(data)),
    onComment: (comment) => items.push(readComment(comment.trim())),
    onError: (error) => items.push({ kind: 'unreadable', error }),
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      while (items.length > 0) {
        yield* items.splice(0, itemsAtOnce);
        if (items.length > 0) await turn();
      }
    }
  } catch (cause) {
    if (signal.aborted) return;
    const reason = messageOf(cause);
    throw new UpstreamUnavailableError(`the event stream broke: ${reason}`, { cause });
  } finally {
    body.destroy();
  }
}

function readEvent(data: string): StatusStreamItem {
  try {
    return { kind: 'event', event: decodeStatusEvent(data) };
  } catch (error) {
    return { kind: 'unreadable', error };
  }
}

function readComment(comment: string): StatusStreamItem {
  return /dropped|internal server error/i.test(comment) ? { kind: 'lossy', comment } : { kind: 'heartbeat' };
}
