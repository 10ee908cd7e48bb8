import { badRequest } from '../errors/badRequest.ts';
import type { Operation, Parameters } from '../operation/Operation.ts';

const names = ['query', 'variables', 'operationName', 'extensions', 'documentId'];

/** The error messages are the same as Yoga's. */
export function readParameters(operation: Operation): void {
  operation.parameters = asParameters(operation.request.parameters);
}

function asParameters(value: unknown): Parameters {
  if (Array.isArray(value)) throw badRequest('Batching is not supported.');
  if (!isRecord(value)) throw badRequest(`POST body is expected to be object but received ${typeOf(value)}`);
  for (const name in value) {
    if (!names.includes(name) && !isAbsent(value[name]))
      throw badRequest(`Unexpected parameter "${name}" in the request body.`);
  }
  const { query, variables, extensions } = value;
  if (!isAbsent(query) && typeof query !== 'string') {
    throw badRequest(`Expected "query" param to be a string, but given ${typeOf(query)}.`);
  }
  checkRecord('variables', variables);
  checkRecord('extensions', extensions);
  return value;
}

function checkRecord(name: string, part: unknown): void {
  if (isAbsent(part) || isRecord(part)) return;
  throw badRequest(`Expected "${name}" param to be empty or an object, but given ${typeOf(part)}.`);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
