import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

import { createParser } from 'eventsource-parser';

import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import { UpstreamUnavailableError } from '../../errors/faults.ts';
import { messageOf } from '../../errors/messageOf.ts';

import { decodeStatusEvent } from './decodeStatusEvent.ts';

/** An event, or a comment of the stream. */
export type StatusStreamItem =
  | { kind: 'event'; event: JournalStatusEvent }
  /** An unreadable event; the stream continues. */
  | { kind: 'unreadable'; error: unknown }
  /** A comment that is not `lossy`. It shows that the stream is alive. */
  | { kind: 'heartbeat' }
  /**
   * A comment that says that events were dropped or that the server failed: the reader must open a new stream after its last event.
   */
  | { kind: 'lossy'; comment: string };

const maxBufferedCharacters = 1_048_576; // of one incomplete event

/**
 * Maximum number of items that are yielded before the event loop gets a turn, in which they are sent to subscribers.
 */
const itemsAtOnce = 32;

/**
 * Reads the items of an event stream. Uses the parser directly, because most SSE clients drop comments, which have a
 * meaning here. While this generator waits for the network, its `return()` has no effect; the `close()` of the stream
 * aborts the body instead.
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
    throw new UpstreamUnavailableError(`the event stream broke: ${messageOf(cause)}`, { cause });
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
