import { tooManySockets } from '../../errors/limitErrors.ts';

import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

/** Counts event streams. WebSockets have the same limit, but they are counted when they are opened. */
export function limitSockets({ plan, request: { client } }: Operation, { open }: EngineParts): void {
  if (plan.kind !== 'subscription' || !client.takesPlace) return;
  const release = open.take();
  if (!release) throw tooManySockets(open.max);
  if (client.isGone) release();
  else client.whenGone(release);
}
