import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

export function createContext(operation: Operation, parts: EngineParts): void {
  const { request, session, lifetime } = operation;
  operation.pause = (end) =>
    parts.waiting.begin({ key: request.client.runningKey, principal: session.principal.name, lifetime }, end);
  operation.context = parts.createContext(operation);
}
