import type { EngineParts } from '../EngineParts.ts';
import type { Operation } from '../Operation.ts';

export function parseDocument(operation: Operation, { plans }: EngineParts): void {
  operation.document = plans.of(operation.text);
}
