import { LRUCache } from 'lru-cache';

import { instantFractionalMs } from '../domain/instant.ts';
import type { Journal } from '../domain/journal.ts';
import { OutcomeUnknownError } from '../errors/faults.ts';
import { lruCache } from '../lruCache.ts';
import { steadyNow } from '../upstream/transport/ApiClock.ts';
import type { ApiClock } from '../upstream/transport/ApiClock.ts';

export interface KeyUseRecords {
  /**
   * Records a use of a key: the id of the journal in the API's response, or `lost` if the response was lost. A lost
   * call does not replace an earlier use.
   *
   * @returns the previous use; null if there was none; `unknown` if another gateway may have used the key
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

/**
 * A journal dated less than this before a call counts as created by the call, in ms: the clocks of the API's hosts
 * usually differ by less.
 */
const usualSkewMs = 2_000;
/** A journal dated more than this before a call was created by an earlier call, in ms. */
const greatestSkewMs = 60_000;

/**
 * Distinguishes a create or batch that moved something from a replay of an earlier one. The API's responses are the
 * same, so the decision is based on the uses of keys that the gateways have recorded, and on the journal's date by the
 * API's clock.
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
   * @param isMade whether the gateway has just generated the key, which is therefore new
   * @returns the response, and a function that returns whether it is the outcome of an earlier call; null if unknown
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
      // The journals in the response to a batch have no fixed order.
      const [journalId = ''] = journalsOf(answer)
        .map(({ id }) => id)
        .sort();
      // Of concurrent calls, the first one to get a response counts as the one that moved the money.
      const noted = this.#records.note(sentKey, journalId);
      // Nobody can have used a new key before.
      if (isMade) return [answer, () => false];
      const earlier = await noted;
      return [
        answer,
        (journals) => {
          if (earlier === journalId) return true;
          const isReplay = this.#isBefore(sentMs, earlier === 'lost', journals);
          // While the uses of other gateways are unknown, a journal of this moment may have been created by one of
          // them.
          return earlier === 'unknown' && isReplay === false ? null : isReplay;
        },
      ];
    } catch (error) {
      if (error instanceof OutcomeUnknownError) await this.#records.note(sentKey, 'lost');
      throw error;
    }
  }

  /**
   * Whether the journals were created before the call; null if unknown.
   *
   * @param wasLost whether an earlier call of unknown outcome may have created the journals
   */
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
