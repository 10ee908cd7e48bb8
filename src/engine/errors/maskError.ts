import type { GraphQLError } from 'graphql';

import type { Principal } from '../../auth/principal.ts';
import { seesAllAccounts } from '../../auth/authorize.ts';
import type { Log } from '../../log.ts';

import { publicError } from './publicError.ts';
import { redactError } from './redactError.ts';

/** The form in which this principal sees an error: without quotations of the API that it may not read, or masked. */
export function maskError(principal: Principal, error: unknown, log: Log): GraphQLError {
  // Quotations are removed first, while it is known which errors quote.
  return publicError(seesAllAccounts(principal) ? error : redactError(principal, error, log), log);
}
