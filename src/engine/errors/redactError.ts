import type { Principal } from '../../auth/principal.ts';
import { redactUpstreamMessage } from '../../auth/redactUpstreamMessage.ts';
import type { Log } from '../../log.ts';

import { copyError } from './copyError.ts';
import { causeOf, publicError, quotesUpstream } from './publicError.ts';

/** Removes quotations of the API that this principal may not read. Returns other errors unchanged, not masked. */
export function redactError(principal: Principal, error: unknown, log: Log): unknown {
  if (!quotesUpstream(causeOf(error))) return error;
  const shown = publicError(error, log);
  const message = redactUpstreamMessage(principal, shown.message);
  return copyError(shown, { message, extensions: shown.extensions });
}
