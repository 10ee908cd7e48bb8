import type { Credential } from '../session/Credential.ts';

/** Uses a control of the sandbox. @returns its answer @throws with what the sandbox says is wrong */
export async function control(credential: Credential, method: string, name: string, body?: object): Promise<unknown> {
  const response = await fetch(`/sandbox/control/${name}`, {
    method,
    headers: { ...credential.headers, 'content-type': 'application/json', 'graphql-require-preflight': 'true' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const message =
    typeof answer === 'object' && answer !== null && 'message' in answer ? answer.message : response.status;
  throw new Error(String(message));
}

interface Fault {
  label: string;
  /** What one can watch with it. */
  about: string;
  fault: { kind: string; operations?: readonly string[]; [field: string]: unknown };
}

const creates = ['createJournal', 'createBatch', 'createReverseBatch'] as const;

/** The faults that the page can switch on, by a name of its own. */
export const faults = {
  answersLost: {
    label: 'Lose half of the answers to creates',
    about:
      'The journals are created, but the answers do not arrive. The gateway finds out without creating them twice.',
    fault: { kind: 'answerLost', operations: creates, probability: 0.5 },
  },
  unavailable: {
    label: 'Answer half of all calls with 503',
    about: 'The gateway repeats what may be repeated, and says so where it cannot know.',
    fault: { kind: 'answer', status: 503, operations: [...creates, 'listJournals', 'getJournal'], probability: 0.5 },
  },
  slow: {
    label: 'Answer three seconds late',
    about: 'Nothing is lost; requests only take longer.',
    fault: { kind: 'latency', ms: 3_000, operations: creates },
  },
  rateLimited: {
    label: 'Limit the rate of creates',
    about: 'The gateway waits until it may call again, or says when to try again.',
    fault: { kind: 'rateLimited', resetMs: 5_000, operations: creates },
  },
  unordered: {
    label: 'Send event ids out of order',
    about: 'Events still arrive once and in the order of their journal.',
    fault: { kind: 'disorderedIds' },
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as FaultName[];
