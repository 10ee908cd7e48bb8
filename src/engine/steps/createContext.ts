import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

export function createContext(operation: Operation, parts: EngineParts): void {
  operation.waiting = parts.waiting;
  operation.context = parts.createContext(operation);
}
