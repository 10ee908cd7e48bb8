import { type JsonObject, JsonNumber, isObject } from '../exactJson.ts';
import { type Operation, operations } from '../http/matchOperation.ts';
import { invalid } from '../Refusal.ts';
import type { Delay, Effect, Fault, FaultScope } from './Fault.ts';

/** Reads the body of `PUT /sandbox/faults`. @throws Refusal 400 naming the fault and the field */
export function readFaults(body: JsonObject): { seed: number; faults: Fault[] } {
  const list = body['faults'] ?? [];
  if (!Array.isArray(list)) throw invalid('faults must be an array');
  const faults = list.map((item: unknown, index) => {
    if (!isObject(item)) throw invalid(`faults[${index}] must be an object`);
    const at = `faults[${index}].`;
    return { scope: readScope(item, at), effect: readEffect(item, at) };
  });
  return { seed: readNumber(body, 'seed', '', 0), faults };
}

/** Reads what a fault does; also the body of `POST /sandbox/streams`. @throws Refusal 400 */
export function readEffect(item: JsonObject, at = ''): Effect {
  const kind = item['kind'];
  switch (kind) {
    case 'latency':
      return { kind, when: readWhen(item, at), delay: readDelay(item, at) };
    case 'reset':
    case 'answerLost':
    case 'truncated':
    case 'malformed':
    case 'disorderedIds':
      return { kind };
    case 'answer':
      return readAnswer(item, at);
    case 'rateLimited':
      return { kind, resetMs: readNumber(item, 'resetMs', at, 1_000), retryAfter: item['retryAfter'] === true };
    case 'slowBody':
      return { kind, ms: readNumber(item, 'ms', at) };
    case 'cut':
    case 'silence':
    case 'internalError':
      return { kind, after: readNumber(item, 'after', at, 0) };
    case 'dropped':
      return { kind, after: readNumber(item, 'after', at, 0), messages: readNumber(item, 'messages', at, 1) };
    case 'duplicates':
      return { kind, messages: readNumber(item, 'messages', at, 1) };
    default:
      throw invalid(`${at}kind is unknown: ${JSON.stringify(kind)}`);
  }
}

function readScope(item: JsonObject, at: string): FaultScope {
  const probability = readNumber(item, 'probability', at, 1);
  if (probability > 1) throw invalid(`${at}probability must be between 0 and 1`);
  const scope: FaultScope = { probability, skip: readNumber(item, 'skip', at, 0) };
  if (item['count'] !== undefined) scope.count = readNumber(item, 'count', at);
  if (item['operations'] !== undefined) scope.operations = readOperations(item['operations'], at);
  return scope;
}

function readOperations(value: unknown, at: string): Operation[] {
  if (!Array.isArray(value)) throw invalid(`${at}operations must be an array`);
  return value.map((word: unknown) => {
    const operation = operations.find((candidate) => candidate === word);
    if (!operation) throw invalid(`${at}operations must be of ${operations.join(', ')}`);
    return operation;
  });
}

function readAnswer(item: JsonObject, at: string): Effect {
  const status = readNumber(item, 'status', at, 503);
  if (!Number.isInteger(status) || status < 200 || status > 599) throw invalid(`${at}status must be 200 to 599`);
  const effect: Extract<Effect, { kind: 'answer' }> = { kind: 'answer', when: readWhen(item, at), status };
  if (typeof item['body'] === 'string') effect.body = item['body'];
  if (typeof item['contentType'] === 'string') effect.contentType = item['contentType'];
  const headers = item['headers'];
  if (isObject(headers)) {
    effect.headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value instanceof JsonNumber ? value.literal : String(value),
      ]),
    );
  }
  return effect;
}

function readWhen(item: JsonObject, at: string): 'before' | 'after' {
  const when = item['when'] ?? 'before';
  if (when !== 'before' && when !== 'after') throw invalid(`${at}when must be before or after`);
  return when;
}

function readDelay(item: JsonObject, at: string): Delay {
  if (item['meanMs'] !== undefined) return { meanMs: readNumber(item, 'meanMs', at) };
  if (item['maxMs'] !== undefined) {
    return { minMs: readNumber(item, 'minMs', at, 0), maxMs: readNumber(item, 'maxMs', at) };
  }
  return { ms: readNumber(item, 'ms', at) };
}

/** A number that is not negative; times and counts are small, so a JavaScript number holds them. */
export function readNumber(item: JsonObject, name: string, at = '', fallback?: number): number {
  const value = item[name];
  if (value === undefined && fallback !== undefined) return fallback;
  const number = value instanceof JsonNumber ? Number(value.literal) : NaN;
  if (!(number >= 0)) throw invalid(`${at}${name} must be a number of 0 or more`);
  return number;
}
