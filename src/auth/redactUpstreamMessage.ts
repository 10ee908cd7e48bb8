import { uuidsIn } from '../domain/uuid.ts';

import type { Principal } from './principal.ts';

/** Replaces a redacted message. */
export const redactedMessage = 'the reason is hidden, because it may contain data of other accounts';

/** A number may be an account number, a balance or an ID in another spelling. */
const number = /\d/;
/** An HTTP status is not secret. */
const status = /\bHTTP \d{3}\b/g;

/**
 * Redacts a message of the API for a principal that is limited to certain accounts, if it may be about other accounts.
 *
 * @param named IDs that the message may contain besides the principal's accounts
 */
export function redactUpstreamMessage({ accounts }: Principal, message: string, named: readonly string[] = []): string {
  if (accounts === null) return message;
  const ids = uuidsIn(message);
  const isForeign = ids.some((id) => !accounts.has(id) && !named.includes(id));
  const rest = ids.reduce((text, id) => text.replaceAll(new RegExp(id, 'gi'), ''), message.replaceAll(status, ''));
  return isForeign || number.test(rest) ? redactedMessage : message;
}
