import { assertAuthorized } from '../../auth/authorize.ts';

import type { EngineParts } from '../EngineParts.ts';
import type { Operation } from '../Operation.ts';

export function checkIntrospection({ document, session }: Operation, { isSandbox }: EngineParts): void {
  if (document.size.introspects && !isSandbox) assertAuthorized(session.principal, { kind: 'introspect' });
}
