import { uuidsIn } from '../domain/uuid.ts';

import type { Principal } from './principal.ts';

/** What stands where words of the API are kept from a principal. */
export const keptBack = 'the Journals API gave a reason in words that are about others';

/** Account numbers, and whatever else is as long as one. */
const longNumber = /\d{8,}/;

/**
 * The API's words, as a principal may read them: who sees some accounts only is told none that name anything else.
 *
 * @param named ids that the words may name besides the principal's own accounts
 */
export function shownWords({ accounts }: Principal, words: string, named: readonly string[] = []): string {
  if (accounts === null) return words;
  const ids = uuidsIn(words);
  const isForeign = ids.some((id) => !accounts.has(id) && !named.includes(id));
  const rest = ids.reduce((text, id) => text.replaceAll(new RegExp(id, 'gi'), ''), words);
  return isForeign || longNumber.test(rest) ? keptBack : words;
}
