import type { EngineParts } from '../EngineParts.ts';
import type { Operation } from '../Operation.ts';

export function createContext(operation: Operation, parts: EngineParts): void {
  operation.context = parts.createContext(operation);
}
