import { uuidsIn } from '../domain/uuid.ts';

import type { Principal } from './principal.ts';

/** What stands where words of the API are kept from a principal. */
export const keptBack = 'the reason is kept back: its words may be about others';

/** Account numbers, balances, ids in another spelling: what a number is about, nobody here can tell. */
const number = /\d/;
/** The status of an answer is no secret. */
const status = /\bHTTP \d{3}\b/g;

/**
 * The API's words, as a principal may read them: who sees some accounts only is told none that name anything else.
 *
 * @param named ids that the words may name besides the principal's own accounts
 */
export function redactUpstreamMessage({ accounts }: Principal, words: string, named: readonly string[] = []): string {
  if (accounts === null) return words;
  const ids = uuidsIn(words);
  const isForeign = ids.some((id) => !accounts.has(id) && !named.includes(id));
  const rest = ids.reduce((text, id) => text.replaceAll(new RegExp(id, 'gi'), ''), words.replaceAll(status, ''));
  return isForeign || number.test(rest) ? keptBack : words;
}
