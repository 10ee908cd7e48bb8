import { type JsonObject, JsonNumber } from '../values/exactJson.ts';
import { longestTimerMs } from '../values/longestTimerMs.ts';
import { invalid } from '../api/Refusal.ts';

/** Refuses unknown fields: a misspelt one would silently disable a fault. @throws Refusal 400 */
export function refuseUnknownFields(item: JsonObject, known: readonly string[], at = ''): void {
  const unknown = Object.keys(item).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`${at}${unknown} is unknown, expected ${known.join(', ')}`);
}

/** A number of 0 or more. Times and counts fit a JavaScript number. @throws Refusal 400 */
export function readNumber(item: JsonObject, name: string, at = '', fallback?: number): number {
  const value = item[name];
  if (value === undefined && fallback !== undefined) return fallback;
  const number = value instanceof JsonNumber ? Number(value.literal) : NaN;
  if (!(number >= 0 && number < Infinity)) throw invalid(`${at}${name} must be a number of 0 or more`);
  return number;
}

/** @throws Refusal 400 */
export function readCount(item: JsonObject, name: string, at = '', fallback?: number): number {
  const number = readNumber(item, name, at, fallback);
  if (!Number.isSafeInteger(number)) throw invalid(`${at}${name} must be a whole number of 0 or more`);
  return number;
}

/** Milliseconds that a timer can wait. @throws Refusal 400 */
export function readWait(item: JsonObject, name: string, at = '', fallback?: number): number {
  const number = readNumber(item, name, at, fallback);
  if (number > longestTimerMs) throw invalid(`${at}${name} must be at most ${longestTimerMs}`);
  return number;
}
