import type { JournalEntryType } from '../../domain/journal.ts';
import {
  AccountNotFoundError,
  IdempotencyConflictError,
  InsufficientAssetsError,
  InsufficientBalanceError,
  InvalidRequestError,
  JournalNotDeletableError,
  JournalNotFoundError,
  OtherRefusalError,
} from '../../errors/refusals.ts';
import type { Refusal, UpstreamErrorDetails } from '../../errors/refusals.ts';
import { uuidsIn } from '../../domain/uuid.ts';

/** What was asked for: what the words of an answer are held against. */
export interface Asked {
  entryType: JournalEntryType;
  accountIds: string[];
  idempotencyKey: string;
}

interface Words extends UpstreamErrorDetails {
  /** HTML: it was written by something in front of the API, so its status isn't the API's. */
  isPage: boolean;
}

type Meaning<Context> = (words: Words, asked: Context) => Refusal | null;

/** What the statuses of `POST /v1/journals/reverse_batch` mean: it documents no idempotency, so no 422. */
export const reverseBatchRefusals: Record<number, Meaning<Asked>> = {
  400: (words) => new InvalidRequestError(words, [{ path: ['input'], message: words.message }]),
  403: insufficientCash,
  404: (words, asked) => new AccountNotFoundError(words, missingAccounts(words, asked)),
};

/** `POST /v1/journals/batch`. */
export const batchRefusals: Record<number, Meaning<Asked>> = {
  ...reverseBatchRefusals,
  422: (words, asked) => (speaksOfKey(words) ? new IdempotencyConflictError(words, asked.idempotencyKey) : null),
};

/** `POST /v1/journals`. */
export const createRefusals: Record<number, Meaning<Asked>> = { ...batchRefusals, 403: insufficient };

/** `DELETE /v1/journals/{id}`. */
export const deleteRefusals: Record<number, Meaning<{ journalId: string }>> = {
  400: (words) => new InvalidRequestError(words, [{ path: ['id'], message: words.message }]),
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
 * of it: the words decide, and the code only where there are none. "Insufficient" alone is not enough: permissions are
 * insufficient too.
 */
function insufficient(words: Words, { entryType }: Asked): Refusal | null {
  const text = words.message.toLowerCase();
  if (words.upstreamCode === 40_310_000 && /without a message$/.test(text)) {
    return entryType === 'JNLS' ? new InsufficientAssetsError(words) : new InsufficientBalanceError(words);
  }
  const saysTooLittle =
    /insufficient|not (?:have |hold )?(?:enough|sufficient)|exceeds?\b.*\b(?:available|balance|holding|position)/.test(
      text,
    );
  if (!saysTooLittle || /permission|privilege|scope|\brights?\b|authori[sz]/.test(text)) return null;
  if (/balance|\bfunds?\b|\bcash\b|buying power/.test(text)) return new InsufficientBalanceError(words);
  return /asset|share|\bqty\b|quantit|position|holding|securit/.test(text) ? new InsufficientAssetsError(words) : null;
}

/** Batches move cash only: their results have no word for assets. */
function insufficientCash(words: Words, asked: Asked): Refusal | null {
  const refusal = insufficient(words, asked);
  return refusal instanceof InsufficientBalanceError ? refusal : null;
}

/** Documented: "idempotency key violation: at least one field in the request has changed from the first request". */
function speaksOfKey(words: Words): boolean {
  return /idempoten|first request|without a message$/i.test(words.message);
}

function missingAccounts(words: Words, { accountIds }: Asked): string[] {
  const named = new Set(uuidsIn(words.message));
  return [...new Set(accountIds)].filter((id) => named.has(id.toLowerCase()));
}
