import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

export function parseDocument(operation: Operation, { plans }: EngineParts): void {
  operation.document = plans.of(operation.text);
}
