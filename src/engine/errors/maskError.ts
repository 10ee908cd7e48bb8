import type { GraphQLError } from 'graphql';

import type { Principal } from '../../auth/principal.ts';
import { seesAllAccounts } from '../../auth/authorize.ts';
import type { Log } from '../../log.ts';

import { publicError } from './publicError.ts';
import { redactError } from './redactError.ts';

/**
 * Converts an error to the form that this principal may see: without forbidden API quotations, and masked if
 * unexpected.
 */
export function maskError(principal: Principal, error: unknown, log: Log): GraphQLError {
  // Quotations are removed first: `publicError` drops the cause, which tells whether an error quotes the API.
  return publicError(seesAllAccounts(principal) ? error : redactError(principal, error, log), log);
}
