import { setTimeout as wait } from 'node:timers/promises';

import { mutate } from '../../kit/mutate.ts';
import type { MutationResult } from '../../kit/mutate.ts';

import type { Work } from './Work.ts';

/** What a client was told of one piece of work in the end. */
export interface Verdict {
  work: Work;
  told: 'done' | 'refused' | 'notDone' | 'unknown';
  result: MutationResult;
  /** How often the client asked. */
  asked: number;
  /** When it asked first, and when it was told this, in unix ms. */
  askedAtMs: number;
  toldAtMs: number;
}

export interface Client {
  /** Asked for anew each time: a gateway that was killed comes back at the same address or at another. */
  url: () => string;
  /** How many pieces of work are under way at once. */
  concurrency: number;
  /** A client doesn't wait longer than this before it repeats, in ms, whatever it was told. */
  patienceMs: number;
  /** What the client gives up on, having been told so often that it is unknown. */
  maxAsked: number;
}

/** Does each piece of work as a good client does: the same mutation with the same key until it is settled. */
export async function doWork(works: readonly Work[], client: Client): Promise<Verdict[]> {
  const waiting = [...works];
  const verdicts: Verdict[] = [];
  const worker = async () => {
    for (let work = waiting.shift(); work; work = waiting.shift()) verdicts.push(await doOne(work, client));
  };
  await Promise.all(Array.from({ length: client.concurrency }, worker));
  return verdicts;
}

async function doOne(work: Work, { url, patienceMs, maxAsked }: Client): Promise<Verdict> {
  const askedAtMs = Date.now();
  for (let asked = 1; ; asked += 1) {
    // The gateway may be gone in the middle of it.
    const result = await mutate(url(), work.name, work.variables).catch((error: unknown) => gone(error));
    const told = verdictOf(result);
    if (told !== null) return { work, told, result, asked, askedAtMs, toldAtMs: Date.now() };
    if (asked >= maxAsked) return { work, told: 'unknown', result, asked, askedAtMs, toldAtMs: Date.now() };
    await wait(Math.min(patienceMs, Math.max(20, Date.parse(result.retryAt ?? '') - Date.now() || patienceMs)));
  }
}

function gone(error: unknown): MutationResult {
  return { __typename: 'Gone', message: String(error) };
}

/** Null while repeating makes sense. */
function verdictOf({ __typename, message, retryAt }: MutationResult): Verdict['told'] | null {
  if (__typename.endsWith('Success')) return 'done';
  if (__typename === 'UpstreamUnavailableError') return message?.includes('use a new key') ? 'notDone' : null;
  if (__typename === 'OutcomeUnknownError') return retryAt === null ? 'unknown' : null;
  return ['DeleteOutcomeUnknownError', 'RateLimitedError', 'Gone'].includes(__typename) ? null : 'refused';
}
