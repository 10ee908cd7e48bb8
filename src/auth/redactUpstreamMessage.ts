import { uuidsIn } from '../domain/uuid.ts';

import type { Principal } from './principal.ts';

/** Replaces a redacted message. */
export const keptBack = 'the reason is kept back: its words may be about others';

/** A number may be an account number, a balance or an ID in another spelling. */
const number = /\d/;
/** An HTTP status is not secret. */
const status = /\bHTTP \d{3}\b/g;

/**
 * Redacts a message of the API for a principal that is limited to certain accounts, if it may be about others.
 *
 * @param named IDs that the message may contain besides the principal's accounts
 */
export function redactUpstreamMessage({ accounts }: Principal, words: string, named: readonly string[] = []): string {
  if (accounts === null) return words;
  const ids = uuidsIn(words);
  const isForeign = ids.some((id) => !accounts.has(id) && !named.includes(id));
  const rest = ids.reduce((text, id) => text.replaceAll(new RegExp(id, 'gi'), ''), words.replaceAll(status, ''));
  return isForeign || number.test(rest) ? keptBack : words;
}
