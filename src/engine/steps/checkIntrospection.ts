import { assertAuthorized } from '../../auth/authorize.ts';

import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

export function checkIntrospection({ document, session }: Operation, { isSandbox }: EngineParts): void {
  if (document.size.introspects && !isSandbox) assertAuthorized(session.principal, { kind: 'introspect' });
}
