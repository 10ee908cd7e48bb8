import { notAcceptable } from '../errors/notAcceptable.ts';
import type { Operation } from '../operation/Operation.ts';

export function checkReader({ plan, request }: Operation): void {
  if (plan.kind === 'subscription' && !request.client.acceptsEvents) throw notAcceptable(['text/event-stream']);
}
