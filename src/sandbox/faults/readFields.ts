import { type JsonObject, JsonNumber } from '../domain/exactJson.ts';
import { invalid } from '../domain/Refusal.ts';

/** The longest wait that setTimeout keeps: one millisecond more fires at once. */
export const longestWaitMs = 2_147_483_647;

/** A misspelt field would be a fault that never comes: what isn't known is refused. @throws Refusal 400 */
export function refuseOtherFields(item: JsonObject, known: readonly string[], at = ''): void {
  const other = Object.keys(item).find((name) => !known.includes(name));
  if (other !== undefined) throw invalid(`${at}${other} is no field here, expected ${known.join(', ')}`);
}

/** A number of 0 or more; times and counts are small, so a JavaScript number holds them. @throws Refusal 400 */
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

/** @throws Refusal 400 */
export function readWait(item: JsonObject, name: string, at = '', fallback?: number): number {
  const number = readNumber(item, name, at, fallback);
  if (number > longestWaitMs) throw invalid(`${at}${name} must be at most ${longestWaitMs}: no timer waits longer`);
  return number;
}
