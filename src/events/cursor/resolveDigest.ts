import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { isNamed } from './eventPosition.ts';
import type { EventPosition } from './eventPosition.ts';
import { addToken, stampOf } from './eventStamp.ts';

/** Whether the event may be one of those in the position's digest. */
export function mayBeInDigest(event: JournalStatusEvent, position: EventPosition): boolean {
  const { ms, token } = stampOf(event);
  return ms === position.digest?.ms && !isNamed(position, token);
}

/**
 * Replaces the digest of a position with names. The events of the digest are the first ones of its instant, either in
 * the order of arrival or in the order of their ids. The sum in the digest proves which of the two orders is right.
 *
 * @param candidates the events of a replay or a window that may be in the digest, in the order of arrival
 * @returns null if they are not the events of the digest, or not all of them
 */
export function resolveDigest(
  position: EventPosition,
  candidates: readonly JournalStatusEvent[],
): EventPosition | null {
  const { ms, floorMs, named, digest } = position;
  if (!digest) return position;
  if (candidates.length < digest.count) return null;
  for (const ordered of [candidates, candidates.toSorted((a, b) => (a.id < b.id ? -1 : 1))]) {
    const first = ordered.slice(0, digest.count).map(stampOf);
    const sum = first.reduce((total, { token }) => addToken(total, token), 0);
    if (sum === digest.sum) return { ms, floorMs, named: [...first, ...named] };
  }
  return null;
}
