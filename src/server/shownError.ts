import { shownWords } from '../auth/shownWords.ts';
import type { Principal } from '../auth/principal.ts';
import type { Log } from '../log.ts';

import { causeOf, publicError, quotesUpstream } from './publicError.ts';
import { restateError } from './restateError.ts';

/** The error without words of the API that this principal may not read. It is not masked yet. */
export function shownError(principal: Principal, error: unknown, log: Log): unknown {
  if (!quotesUpstream(causeOf(error))) return error;
  const told = publicError(error, log);
  return restateError(told, { message: shownWords(principal, told.message), extensions: told.extensions });
}
