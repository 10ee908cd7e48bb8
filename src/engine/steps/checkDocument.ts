import type { EngineParts } from '../EngineParts.ts';
import { Refusal } from '../Refusal.ts';
import type { Operation } from '../Operation.ts';

export function checkDocument(operation: Operation, { plans }: EngineParts): void {
  const problems = plans.validate(operation.text, operation.document);
  if (problems.length > 0) throw new Refusal(problems);
  operation.isValid = true;
}
