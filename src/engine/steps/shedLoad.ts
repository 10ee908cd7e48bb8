import { overloaded } from '../../errors/limitErrors.ts';

import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

/** Refuses by the limits of `RunningOperations`. Most HTTP queries are refused before, by `peekAndShedQuery`. */
export function shedLoad({ document, parameters, request }: Operation, { running }: EngineParts): void {
  const { runningKey } = request.client;
  if (running.hasRoomFor('query', runningKey)) return;
  const kind = document.operation(parameters.operationName)?.kind ?? 'query';
  if (kind !== 'query' && running.hasRoomFor('any', runningKey)) return;
  running.countShed();
  throw overloaded();
}
