import { UnauthenticatedError } from '../../errors/authErrors.ts';

import type { Operation } from '../operation/Operation.ts';

export function checkSession({ session }: Operation): void {
  if (session.hasEnded) throw new UnauthenticatedError('the credential has expired');
}
