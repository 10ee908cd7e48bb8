import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

export function checkDocument(operation: Operation, { plans }: EngineParts): void {
  plans.validate(operation.text, operation.document);
  operation.isValid = true;
}
