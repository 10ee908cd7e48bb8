import { setTimeout as wait } from 'node:timers/promises';

import { mutate } from '../../kit/mutate.ts';
import type { MutationResult } from '../../kit/mutate.ts';

import type { Work } from './Work.ts';

/** The final result of one mutation. */
export interface Verdict {
  work: Work;
  reported: 'done' | 'refused' | 'notDone' | 'unknown';
  result: MutationResult;
  /** The number of calls until the final result. */
  asked: number;
  /** The time of the first call and of the final result, in Unix ms. */
  askedAtMs: number;
  reportedAtMs: number;
}

export interface Client {
  /** Called before each request, since a restarted gateway may have another address. */
  url: () => string;
  /** The number of mutations in flight at once. */
  concurrency: number;
  /** The longest pause before a repeat, in ms, even if `retryAt` is later. */
  patienceMs: number;
  /** The number of calls after which the client gives up. */
  maxAsked: number;
}

/** Sends each mutation like a correct client: with the same key until it is settled. */
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
    // The gateway may be killed during the call.
    const result = await mutate(url(), work.name, work.variables).catch((error: unknown) => gone(error));
    const reported = verdictOf(result);
    if (reported !== null) return { work, reported, result, asked, askedAtMs, reportedAtMs: Date.now() };
    if (asked >= maxAsked) return { work, reported: 'unknown', result, asked, askedAtMs, reportedAtMs: Date.now() };
    await wait(Math.min(patienceMs, Math.max(20, Date.parse(result.retryAt ?? '') - Date.now() || patienceMs)));
  }
}

function gone(error: unknown): MutationResult {
  return { __typename: 'Gone', message: String(error) };
}

/** Returns what a result means for the mutation, or null if the call should be repeated. */
function verdictOf({ __typename, message, retryAt }: MutationResult): Verdict['reported'] | null {
  if (__typename.endsWith('Success')) return 'done';
  if (__typename === 'UpstreamUnavailableError') return message?.includes('use a new key') ? 'notDone' : null;
  if (__typename === 'OutcomeUnknownError') return retryAt === null ? 'unknown' : null;
  return ['DeleteOutcomeUnknownError', 'RateLimitedError', 'Gone'].includes(__typename) ? null : 'refused';
}
