import type { WireTransmitter } from '../../upstream/wire/apiBodies.ts';
import { countDecimals, parseDecimal, plainNotation, zero } from '../values/decimal.ts';
import { type JsonObject, JsonNumber, isObject, parseExactJson } from '../values/exactJson.ts';
import { longestTimerMs, parseInstant } from '../values/instant.ts';
import { invalid } from '../api/Refusal.ts';
import { isCurrency } from '../setup/SandboxOptions.ts';

/**
 * Readers for the fields of request bodies. Refusals name the field. `at` is the path of the object that contains it,
 * with a final dot (`entries[2].`), or empty for the body itself. Unknown fields are ignored, as the API does, except
 * where `refuseUnknownFields` is called.
 */

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** @throws Refusal 400 unless the body is a JSON object */
export function readObject(body: string): JsonObject {
  const value = parse(body);
  if (!isObject(value)) throw invalid('request body must be a JSON object');
  return value;
}

export function readAccountId(body: JsonObject, name: string, at = ''): string {
  const value = body[name];
  if (value === undefined || value === null || value === '') throw invalid(`${at}${name} is required`);
  if (typeof value !== 'string' || !isUuid(value))
    throw invalid(`${at}${name} must be a UUID, found ${describe(value)}`);
  return value.toLowerCase();
}

export function readEntryType<Word extends 'JNLC' | 'JNLS'>(body: JsonObject, allowed: readonly Word[]): Word {
  const value = body['entry_type'];
  if (value === undefined || value === null || value === '') throw invalid('entry_type is required');
  const word = allowed.find((candidate) => candidate === value);
  if (!word) throw invalid(`entry_type must be ${allowed.join(' or ')}, found ${describe(value)}`);
  return word;
}

/** Reads a positive decimal, sent as a string or a JSON number. Digits are kept as sent, without leading zeros. */
export function readPositiveDecimal(body: JsonObject, name: string, at = '', maxDecimals = Infinity): string {
  const value = body[name];
  if (value === undefined || value === null || value === '') throw invalid(`${at}${name} is required`);
  const text = value instanceof JsonNumber ? plainNotation(value.literal) : value;
  const decimal = typeof text === 'string' ? parseDecimal(text) : null;
  if (typeof text !== 'string' || !decimal) throw invalid(`${at}${name} must be a decimal, found ${describe(value)}`);
  if (decimal.lte(zero)) throw invalid(`${at}${name} must be positive, found ${describe(value)}`);
  if (countDecimals(decimal) > maxDecimals) throw invalid(`${at}${name} must have at most ${maxDecimals} decimals`);
  return text.replace(/^0+(?=\d)/, '');
}

export function readText(body: JsonObject, name: string, at = '', maxLength = Infinity): string {
  const value = body[name];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw invalid(`${at}${name} must be a string, found ${describe(value)}`);
  if (isLonger(value, maxLength)) throw invalid(`${at}${name} must have at most ${maxLength} characters`);
  // The store would truncate or alter such a text.
  if (unstorable.test(value)) throw invalid(`${at}${name} must not contain U+0000 or an unpaired surrogate`);
  return value;
}

export function readSymbol(body: JsonObject): string {
  const symbol = readText(body, 'symbol');
  if (symbol === '') throw invalid('symbol is required');
  return symbol;
}

/** Reads a currency of three capital letters. Returns the system currency if the body has none. */
export function readCurrency(body: JsonObject, systemCurrency: string, at = ''): string {
  const currency = readText(body, 'currency', at);
  if (currency === '') return systemCurrency;
  if (!isCurrency(currency)) throw invalid(`${at}currency must be three capital letters, found ${describe(currency)}`);
  return currency;
}

export function readDescription(body: JsonObject, at = ''): string {
  return readText(body, 'description', at, 1_024);
}

/** U+0000 and unpaired surrogates. With the `u` flag, `\p{Surrogate}` doesn't match paired ones. */
const unstorable = /[\0\p{Surrogate}]/u;

const transmitterTexts = [
  'transmitter_name',
  'transmitter_account_number',
  'transmitter_address',
  'transmitter_financial_institution',
] as const;

/** Reads the Travel Rule fields. Returns null if the body has none. */
export function readTransmitter(body: JsonObject, at = ''): WireTransmitter | null {
  const transmitter: WireTransmitter = {};
  for (const name of transmitterTexts) {
    const text = readText(body, name, at, 255);
    if (text !== '') transmitter[name] = text;
  }
  const timestamp = readText(body, 'transmitter_timestamp', at);
  if (timestamp !== '') {
    if (parseInstant(timestamp) === null) throw invalid(`${at}transmitter_timestamp must be an RFC 3339 time`);
    transmitter.transmitter_timestamp = timestamp;
  }
  return Object.keys(transmitter).length === 0 ? null : transmitter;
}

/** Reads the entries of a batch. There must be at least one. */
export function readEntries(body: JsonObject): JsonObject[] {
  const entries = body['entries'];
  if (entries === undefined || entries === null) throw invalid('entries is required');
  if (!Array.isArray(entries)) throw invalid('entries must be an array');
  if (entries.length === 0) throw invalid('entries must have at least one entry');
  return entries.map((entry: unknown, index) => {
    if (!isObject(entry)) throw invalid(`entries[${index}] must be an object`);
    return entry;
  });
}

/** Refuses unknown fields: a misspelt one would silently disable a fault. @throws Refusal 400 */
export function refuseUnknownFields(item: JsonObject, known: readonly string[], at = ''): void {
  const unknown = Object.keys(item).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`${at}${unknown} is unknown, expected ${known.join(', ')}`);
}

/** Reads a number of 0 or more. JavaScript numbers are exact enough for times and counts. @throws Refusal 400 */
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

/** Reads a number of milliseconds that a timer can wait. @throws Refusal 400 */
export function readWait(item: JsonObject, name: string, at = '', fallback?: number): number {
  const number = readNumber(item, name, at, fallback);
  if (number > longestTimerMs) throw invalid(`${at}${name} must be at most ${longestTimerMs}`);
  return number;
}

/** Compares the number of code points, which have one or two UTF-16 units each. */
function isLonger(text: string, maxLength: number): boolean {
  if (text.length <= maxLength || text.length > 2 * maxLength) return text.length > maxLength;
  return Array.from(text).length > maxLength;
}

function parse(body: string): unknown {
  try {
    return parseExactJson(body);
  } catch (error) {
    if (error instanceof RangeError) throw invalid(`request body must have ${error.message}`);
    throw invalid('request body must be JSON');
  }
}

function describe(value: unknown): string {
  return value instanceof JsonNumber ? value.literal : JSON.stringify(value);
}
