import type { OperationContext } from '../../context.ts';

import type { EngineParts } from '../operation/EngineParts.ts';
import { causeOf, codeOf } from '../errors/publicError.ts';
import type { OperationEnd } from '../observe/OperationObserver.ts';
import { isResults } from '../answers/Answer.ts';
import type { Operation } from '../operation/Operation.ts';

const none: readonly never[] = [];
const ok = { outcome: 'OK', upstreamRequestId: null } as const;
const unknown = { kind: 'unknown', fields: [], name: null } as const;

/** Reports a subscription when it is established: a later error does not change the outcome of the request. */
export function reportOutcome(operation: Operation, { observers }: EngineParts): void {
  if (!operation.watches) return;
  const { request, session, begunAt, isValid, plan } = operation;
  const { kind, fields, name } = isValid ? plan : unknown;
  const { outcome, upstreamRequestId } = outcomeOf(operation);
  const end: OperationEnd = {
    requestId: request.requestId,
    kind,
    fields,
    name,
    principal: session.principal.name,
    outcome,
    upstreamRequestId,
    ms: performance.now() - begunAt,
  };
  for (const watch of operation.watches) watch.ended(end);
  for (const observer of observers) observer.ended?.(end);
}

function outcomeOf({ refusal, result, context }: Operation): Pick<OperationEnd, 'outcome' | 'upstreamRequestId'> {
  const errors = (result && !isResults(result) ? result.errors : refusal?.problems) ?? none;
  const { refusals = none } = (context ?? {}) as Partial<OperationContext>;
  if (errors.length === 0 && refusals.length === 0) return ok;
  const [error] = errors;
  const causes = [...errors.map(causeOf), ...refusals];
  const upstreamRequestId = causes.map(upstreamRequestIdOf).find((id) => id !== null) ?? null;
  return { outcome: error === undefined ? (refusals[0]?.name ?? 'OK') : codeOf(error), upstreamRequestId };
}

/** Faults and refusals carry the `X-Request-ID` of the API's response. */
function upstreamRequestIdOf(cause: unknown): string | null {
  const { requestId } = cause as { requestId?: unknown };
  return typeof requestId === 'string' ? requestId : null;
}
