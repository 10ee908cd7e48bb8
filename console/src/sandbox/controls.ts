import type { Credential } from '../session/Credential.ts';

/** Sends a request to a control of the sandbox. @returns the response body @throws Error with the sandbox's message */
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
  /** What the user can observe while the fault is active. */
  about: string;
  fault: { kind: string; operations?: readonly string[]; [field: string]: unknown };
}

const creates = ['createJournal', 'createBatch', 'createReverseBatch'] as const;

/** The faults that the page can switch on, by names that only the page uses. */
export const faults = {
  answersLost: {
    label: 'Lose half of the responses to creates',
    about: 'The journals are created, but the responses are lost. The gateway finds out, and creates nothing twice.',
    fault: { kind: 'answerLost', operations: creates, probability: 0.5 },
  },
  unavailable: {
    label: 'Respond to half of all calls with 503',
    about: 'The gateway retries what is safe to retry, and says so if it cannot know the outcome.',
    fault: { kind: 'answer', status: 503, operations: [...creates, 'listJournals', 'getJournal'], probability: 0.5 },
  },
  slow: {
    label: 'Delay creates by three seconds',
    about: 'Nothing is lost; the requests only take longer.',
    fault: { kind: 'latency', ms: 3_000, operations: creates },
  },
  rateLimited: {
    label: 'Limit the rate of creates',
    about: 'The gateway waits until it may call again, or says when to try again.',
    fault: { kind: 'rateLimited', resetMs: 5_000, operations: creates },
  },
  unordered: {
    label: 'Send event ids out of order',
    about: 'The events of each journal still arrive once and in order.',
    fault: { kind: 'disorderedIds' },
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as FaultName[];
