import { createSourceEventStream, subscribe } from 'graphql';
import type { ExecutionArgs, ExecutionResult } from 'graphql';

import type { EngineParts } from '../operation/EngineParts.ts';
import type { LiveSink } from '../live/LiveSink.ts';
import { LiveDelivery } from '../live/LiveDelivery.ts';
import type { OperationWatch } from '../observe/OperationObserver.ts';
import { Refusal } from '../answers/Refusal.ts';
import type { Operation } from '../operation/Operation.ts';
import { isResults } from '../answers/Answer.ts';
import type { Results } from '../answers/Answer.ts';

export function execute(operation: Operation, parts: EngineParts): Promise<void> | void {
  const { plan, variables, context, watches } = operation;
  const pending = runWith(watches ?? [], () =>
    plan.kind === 'subscription' ? open(operation, parts) : plan.execute(variables, context),
  );
  if (pending instanceof Promise) return pending.then((result) => void (operation.result = result));
  operation.result = pending;
  return undefined;
}

/** Runs the execution inside the wrappers of the observers. */
function runWith<Result>(watches: readonly OperationWatch[], work: () => Result): Result {
  if (watches.length === 0) return work();
  return watches.reduce<() => Result>((inner, watch) => () => watch.run(inner), work)();
}

async function open(operation: Operation, parts: EngineParts): Promise<Operation['result']> {
  const { plan, variables, context, request, progress } = operation;
  const args = plan.argumentsWith(variables.raw, context);
  const sink = request.client.sink(progress);
  const opened = plan.shared ? await openShared(operation, args, sink, parts) : await subscribe(args);
  if (!isResults(opened)) throw new Refusal(opened.errors ?? []);
  return opened;
}

/**
 * Opens a subscription whose operation is executed once per event for all subscribers with the same rights. Its results
 * go straight to the sink of the subscriber. In all other respects it opens and ends like any other subscription.
 */
async function openShared(
  { plan, progress }: Operation,
  args: ExecutionArgs,
  sink: LiveSink,
  { executions }: EngineParts,
): Promise<Results | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!isResults(source) || !plan.shared) return source as ExecutionResult;
  const events = source[Symbol.asyncIterator]() as AsyncIterator<object, undefined>;
  return new LiveDelivery(events, executions.of(plan.shared, args), { sink, progress });
}
