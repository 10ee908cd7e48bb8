import type { JournalEntryType } from '../domain/journal.ts';
import {
  AccountNotFoundError,
  IdempotencyConflictError,
  InsufficientAssetsError,
  InsufficientBalanceError,
  InvalidRequestError,
  JournalNotDeletableError,
  JournalNotFoundError,
  OtherRefusalError,
} from '../domain/refusals.ts';
import type { Refusal, UpstreamWords } from '../domain/refusals.ts';
import { uuidsIn } from '../domain/uuid.ts';

/** What was asked for: what the words of an answer are held against. */
export interface Asked {
  entryType: JournalEntryType;
  accountIds: string[];
  idempotencyKey: string;
}

interface Words extends UpstreamWords {
  /** HTML: it was written by something in front of the API, so its status isn't the API's. */
  isPage: boolean;
}

type Meaning<Context> = (words: Words, asked: Context) => Refusal | null;

/** What the statuses of `POST /v1/journals` and `POST /v1/journals/batch` mean. */
export const keyedCreateRefusals: Record<number, Meaning<Asked>> = {
  400: (words) => new InvalidRequestError(words, [{ path: ['input'], message: words.message }]),
  403: insufficient,
  404: (words, asked) => new AccountNotFoundError(words, missingAccounts(words, asked)),
  422: (words, asked) => (speaksOfKey(words) ? new IdempotencyConflictError(words, asked.idempotencyKey) : null),
};

/** `POST /v1/journals/reverse_batch` documents no idempotency, so no 422 either. */
export const reverseBatchRefusals: Record<number, Meaning<Asked>> = {
  400: keyedCreateRefusals[400] as Meaning<Asked>,
  403: keyedCreateRefusals[403] as Meaning<Asked>,
  404: keyedCreateRefusals[404] as Meaning<Asked>,
};

/** `DELETE /v1/journals/{id}`. */
export const deleteRefusals: Record<number, Meaning<{ journalId: string }>> = {
  404: (words) => new JournalNotFoundError(words),
  422: (words, { journalId }) => new JournalNotDeletableError(words, journalId),
};

/**
 * The refusal that a 4xx answer is, by the endpoint's own table, since one status means different things.
 * What the table has no word for stays `OtherRefusalError` with the API's words.
 */
export function refusalOf<Context>(
  table: Record<number, Meaning<Context>>,
  status: number,
  words: Words,
  asked: Context,
): Refusal {
  const refusal = words.isPage ? null : table[status]?.(words, asked);
  return refusal ?? new OtherRefusalError(words);
}

/**
 * 403 covers more than an empty account (a key without the right, a blocked account), and the code 40310000 covers all
 * of it: the words decide, and the code only where there are none.
 */
function insufficient(words: Words, asked: Asked): Refusal | null {
  const text = words.message.toLowerCase();
  const says = /insufficient|not enough|exceeds?\b.*\b(?:balance|available|position|holding)/.test(text);
  const codeAlone = words.upstreamCode === 40_310_000 && /without a message$/.test(text);
  if (!says && !codeAlone) return null;
  if (/balance|fund|cash|buying power/.test(text)) return new InsufficientBalanceError(words);
  const isAssets = /asset|share|qty|quantit|position|holding|securit/.test(text) || asked.entryType === 'JNLS';
  return isAssets ? new InsufficientAssetsError(words) : new InsufficientBalanceError(words);
}

/** Documented: "idempotency key violation: at least one field in the request has changed from the first request". */
function speaksOfKey(words: Words): boolean {
  return /idempoten|\bkey\b|first request|without a message$/i.test(words.message);
}

function missingAccounts(words: Words, { accountIds }: Asked): string[] {
  const named = new Set(uuidsIn(words.message));
  return [...new Set(accountIds)].filter((id) => named.has(id.toLowerCase()));
}
