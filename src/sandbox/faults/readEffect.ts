import { validateHeaderName, validateHeaderValue } from 'node:http';

import { type JsonObject, JsonNumber, isObject } from '../values/exactJson.ts';
import { invalid } from '../api/Refusal.ts';
import type { Delay, FaultEffect } from './Fault.ts';
import { readCount, readWait } from '../rules/bodyFields.ts';

type Kind = FaultEffect['kind'];

/** The three ways to give the length of a latency. */
const delayFields: readonly (readonly string[])[] = [['ms'], ['minMs', 'maxMs'], ['meanMs']];

/** The fields of each kind of fault, apart from its scope. */
export const effectFields: Readonly<Record<Kind, readonly string[]>> = {
  latency: ['when', ...delayFields.flat()],
  reset: [],
  answerLost: [],
  answer: ['when', 'status', 'body', 'contentType', 'headers'],
  rateLimited: ['resetMs', 'retryAfter'],
  truncated: [],
  malformed: [],
  slowBody: ['ms'],
  cut: ['after'],
  silence: ['after'],
  dropped: ['after', 'messages'],
  internalError: ['after'],
  duplicates: ['messages'],
  disorderedIds: [],
};

/** @throws Refusal 400 */
export function readKind(item: JsonObject, at = ''): Kind {
  const kind = Object.keys(effectFields).find((word): word is Kind => word === item['kind']);
  if (!kind) throw invalid(`${at}kind is unknown: ${JSON.stringify(item['kind'])}`);
  return kind;
}

/** Reads an effect from a fault of `PUT /sandbox/faults` or a body of `POST /sandbox/streams`. @throws Refusal 400 */
export function readEffect(item: JsonObject, at = ''): FaultEffect {
  const kind = readKind(item, at);
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
      return { kind, resetMs: readWait(item, 'resetMs', at, 1_000), retryAfter: readFlag(item, 'retryAfter', at) };
    case 'slowBody':
      return { kind, ms: readWait(item, 'ms', at) };
    case 'cut':
    case 'silence':
    case 'internalError':
      return { kind, after: readCount(item, 'after', at, 0) };
    case 'dropped':
      return { kind, after: readCount(item, 'after', at, 0), messages: readCount(item, 'messages', at, 1) };
    case 'duplicates':
      return { kind, messages: readCount(item, 'messages', at, 1) };
  }
}

function readAnswer(item: JsonObject, at: string): FaultEffect {
  const status = readCount(item, 'status', at, 503);
  if (status < 200 || status > 599) throw invalid(`${at}status must be 200 to 599`);
  const body = readOptionalText(item, 'body', at);
  const contentType = readOptionalText(item, 'contentType', at);
  const headers = readHeaders(item['headers'] ?? {}, `${at}headers`);
  if (contentType !== undefined) checkHeader('Content-Type', contentType, `${at}contentType`);
  return {
    kind: 'answer',
    when: readWhen(item, at),
    status,
    headers,
    ...(body !== undefined && { body }),
    ...(contentType !== undefined && { contentType }),
  };
}

function readHeaders(value: unknown, path: string): Record<string, string> {
  if (!isObject(value)) throw invalid(`${path} must be an object`);
  const headers = Object.entries(value).map(([name, content]) => {
    const text = content instanceof JsonNumber ? content.literal : content;
    if (typeof text !== 'string') throw invalid(`${path}.${name} must be a string`);
    checkHeader(name, text, `${path}.${name}`);
    return [name, text] as const;
  });
  return Object.fromEntries(headers);
}

/** Refuses a header that Node would fail to send when the fault fires. */
function checkHeader(name: string, value: string, path: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw invalid(`${path} is not a valid header`);
  }
}

function readOptionalText(item: JsonObject, name: string, at: string): string | undefined {
  const value = item[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${at}${name} must be a string`);
}

function readFlag(item: JsonObject, name: string, at: string): boolean {
  const value = item[name] ?? false;
  if (typeof value !== 'boolean') throw invalid(`${at}${name} must be true or false`);
  return value;
}

function readWhen(item: JsonObject, at: string): 'before' | 'after' {
  const when = item['when'] ?? 'before';
  if (when !== 'before' && when !== 'after') throw invalid(`${at}when must be before or after`);
  return when;
}

function readDelay(item: JsonObject, at: string): Delay {
  const given = delayFields.filter((names) => names.some((name) => item[name] !== undefined));
  if (given.length > 1) throw invalid(`${at}${given[1]?.[0] ?? ''} can't be combined with ${given[0]?.[0] ?? ''}`);
  if (item['meanMs'] !== undefined) return { meanMs: readWait(item, 'meanMs', at) };
  if (given[0]?.includes('maxMs') !== true) return { ms: readWait(item, 'ms', at) };
  const [minMs, maxMs] = [readWait(item, 'minMs', at, 0), readWait(item, 'maxMs', at)];
  if (minMs > maxMs) throw invalid(`${at}minMs must not be above maxMs`);
  return { minMs, maxMs };
}
