import { redactUpstreamMessage } from '../../auth/redactUpstreamMessage.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Log } from '../../log.ts';

import { causeOf, publicError, quotesUpstream } from './publicError.ts';
import { copyError } from './copyError.ts';

/** The error without words of the API that this principal may not read. It is not masked yet. */
export function redactError(principal: Principal, error: unknown, log: Log): unknown {
  if (!quotesUpstream(causeOf(error))) return error;
  const told = publicError(error, log);
  return copyError(told, { message: redactUpstreamMessage(principal, told.message), extensions: told.extensions });
}
