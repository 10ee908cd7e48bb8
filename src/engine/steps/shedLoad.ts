import { overloaded } from '../../errors/limitErrors.ts';

import type { EngineParts } from '../EngineParts.ts';
import type { Operation } from '../Operation.ts';

export function shedLoad({ plan, request }: Operation, { running }: EngineParts): void {
  if (running.hasRoomFor(plan.kind === 'query' ? 'query' : 'any', request.client.runningKey)) return;
  running.countShed();
  throw overloaded();
}
