import type { EngineParts } from '../operation/EngineParts.ts';
import { Refusal } from '../operation/Refusal.ts';
import type { Operation } from '../operation/Operation.ts';

export function checkDocument(operation: Operation, { plans }: EngineParts): void {
  const problems = plans.validate(operation.text, operation.document);
  if (problems.length > 0) throw new Refusal(problems);
  operation.isValid = true;
}
