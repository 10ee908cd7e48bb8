import { LRUCache } from 'lru-cache';

import { instantFractionalMs } from '../domain/instant.ts';
import type { Journal } from '../domain/journal.ts';
import { OutcomeUnknownError } from '../errors/faults.ts';
import { lruCache } from '../lruCache.ts';
import { steadyNow } from '../upstream/transport/ApiClock.ts';
import type { ApiClock } from '../upstream/transport/ApiClock.ts';

export interface KeyUseRecords {
  /**
   * Notes a use of a key: the id of the journal in the last answer, or `lost` if no call was answered. A lost call does not
   * replace an answer.
   *
   * @returns the use before, null if there was none, or `unknown` if there may have been one on another gateway
   */
  note(sentKey: string, use: string): Promise<string | null>;
}

/** Uses of keys in this process. */
class LocalKeyUses implements KeyUseRecords {
  readonly #uses = new LRUCache<string, string>(lruCache(100_000));

  async note(sentKey: string, use: string): Promise<string | null> {
    const earlier = this.#uses.get(sentKey) ?? null;
    if (earlier === null || use !== 'lost') this.#uses.set(sentKey, use);
    return earlier;
  }
}

/** A journal dated this much before a call may still be its own, since the API's hosts disagree on the time, in ms. */
const usualSkewMs = 2_000;
/** A journal dated earlier than this is from an earlier call, in ms. */
const greatestSkewMs = 60_000;

/**
 * Distinguishes a create or batch that moved something from a replay of an earlier one. The API answers both alike, so the
 * difference comes from what the gateways have seen and from the journal's date by the API's own clock.
 */
export class KeyUses {
  readonly #clock: ApiClock;
  readonly #records: KeyUseRecords;

  constructor(clock: ApiClock, records: KeyUseRecords = new LocalKeyUses()) {
    this.#clock = clock;
    this.#records = records;
  }

  /**
   * Sends a call, which counts as one use of its key even if it is retried.
   *
   * @param sentKey the key as it is sent to the API
   * @param isMade the gateway has just generated the key, so it is new
   * @returns the answer, and a function that returns whether it is the outcome of an earlier call; null if unknown
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
      // The answer to a batch has no fixed order.
      const [journalId = ''] = journalsOf(answer)
        .map(({ id }) => id)
        .sort();
      // Of concurrent calls, the first one that is answered has moved the money.
      const noted = this.#records.note(sentKey, journalId);
      // Nobody can have used a new key before.
      if (isMade) return [answer, () => false];
      const earlier = await noted;
      return [
        answer,
        (journals) => {
          if (earlier === journalId) return true;
          const isReplay = this.#isBefore(sentMs, earlier === 'lost', journals);
          // Without the other gateways' uses, a journal of this moment may be of theirs.
          return earlier === 'unknown' && isReplay === false ? null : isReplay;
        },
      ];
    } catch (error) {
      if (error instanceof OutcomeUnknownError) await this.#records.note(sentKey, 'lost');
      throw error;
    }
  }

  /** @param wasLost an earlier call may have created them shortly before, unless the dates exclude it */
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
