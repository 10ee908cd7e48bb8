import { LRUCache } from 'lru-cache';

import { instantFractionalMs } from '../domain/instant.ts';
import type { Journal } from '../domain/journal.ts';
import { lruCache } from '../lruCache.ts';
import { steadyNow } from '../upstream/transport/ApiClock.ts';
import type { ApiClock } from '../upstream/transport/ApiClock.ts';
import { OutcomeUnknownError } from '../errors/faults.ts';

/** A journal dated this much before the call may still be the call's own: the API's hosts are not in perfect step, in ms. */
const usualSkewMs = 2_000;
/** One dated earlier than this is not, however far the hosts' clocks are apart, in ms. */
const greatestSkewMs = 60_000;

/**
 * Tells a create or batch that moved something from one whose key had been used before. The API answers both alike, so
 * what tells them apart is what this process has seen, and the date of the journal by the API's own clock.
 */
export class KeyUses {
  readonly #clock: ApiClock;
  /**
   * By key, what the last answer to it was about, `lost` while no call has been answered. Of a batch it is the first
   * journal in the order of the ids, as batches are answered in any order.
   */
  readonly #uses = new LRUCache<string, { journalId: string } | 'lost'>(lruCache(100_000));

  constructor(clock: ApiClock) {
    this.#clock = clock;
  }

  /**
   * Sends a call; however often it is repeated inside, it is one use of its key.
   *
   * @param sentKey what the API is sent
   * @param isMade the gateway has just made the key, so that nobody can have used it
   * @returns the answer, and a function that says whether it is an earlier call's outcome; null when nothing tells
   * @throws what `send` throws
   */
  async note<Answer>(
    { sentKey, isMade }: { sentKey: string; isMade: boolean },
    send: () => Promise<Answer>,
    journalsOf: (answer: Answer) => readonly Journal[],
  ): Promise<[answer: Answer, isReplay: (journals: readonly Journal[]) => boolean | null]> {
    const sentMs = steadyNow();
    try {
      const answer = await send();
      const [journalId = ''] = journalsOf(answer)
        .map(({ id }) => id)
        .sort();
      // Of twins under way together, the one that is answered first moved it.
      const earlier = this.#uses.get(sentKey);
      this.#uses.set(sentKey, { journalId });
      return [
        answer,
        (journals) => {
          if (isMade) return false;
          if (typeof earlier === 'object' && earlier.journalId === journalId) return true;
          return this.#isBefore(sentMs, earlier === 'lost', journals);
        },
      ];
    } catch (error) {
      if (error instanceof OutcomeUnknownError && !this.#uses.has(sentKey)) this.#uses.set(sentKey, 'lost');
      throw error;
    }
  }

  /** @param wasLost an earlier call may have made them shortly before, unless the dates exclude it */
  #isBefore(sentMs: number, wasLost: boolean, journals: readonly Journal[]): boolean | null {
    const dates = journals.flatMap(({ createdAt }) => (createdAt === null ? [] : [instantFractionalMs(createdAt)]));
    if (dates.length === 0 || !this.#clock.isKnown) return null;
    const createdMs = Math.max(...dates);
    const earliestMs = this.#clock.earliestAt(sentMs);
    if (createdMs < earliestMs - greatestSkewMs) return true;
    if (createdMs >= this.#clock.latestAt(sentMs)) return false;
    if (wasLost) return createdMs < earliestMs ? true : null;
    return createdMs >= earliestMs - usualSkewMs ? false : null;
  }
}
