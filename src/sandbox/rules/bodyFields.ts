import type { WireTransmitter } from '../../upstream/wire/apiBodies.ts';
import { type Decimal, compare, parseDecimal, plainNotation, zero } from '../domain/decimal.ts';
import { type JsonObject, JsonNumber, isObject, parseExactJson } from '../domain/exactJson.ts';
import { parseInstant } from '../domain/instant.ts';
import { invalid } from '../domain/Refusal.ts';
import { isCurrency } from '../domain/SandboxOptions.ts';

/**
 * Readers of request bodies. Each names its field in the refusal; `at` is the path before it (`entries[2].`).
 * Fields nobody asked for are ignored, as the API does.
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
  if (typeof value !== 'string' || !isUuid(value)) throw invalid(`${at}${name} must be a UUID, found ${shown(value)}`);
  return value.toLowerCase();
}

export function readEntryType<Word extends 'JNLC' | 'JNLS'>(body: JsonObject, allowed: readonly Word[]): Word {
  const value = body['entry_type'];
  if (value === undefined || value === null || value === '') throw invalid('entry_type is required');
  const word = allowed.find((candidate) => candidate === value);
  if (!word) throw invalid(`entry_type must be ${allowed.join(' or ')}, found ${shown(value)}`);
  return word;
}

/** A positive decimal, sent as a string or as a JSON number; kept as it was written. */
export function readPositiveDecimal(body: JsonObject, name: string, at = '', mostDecimals = Infinity): string {
  const value = body[name];
  if (value === undefined || value === null || value === '') throw invalid(`${at}${name} is required`);
  const text = value instanceof JsonNumber ? plainNotation(value.literal) : value;
  const decimal = typeof text === 'string' ? parseDecimal(text) : null;
  if (typeof text !== 'string' || !decimal) throw invalid(`${at}${name} must be a decimal, found ${shown(value)}`);
  if (compare(decimal, zero) <= 0) throw invalid(`${at}${name} must be positive, found ${shown(value)}`);
  if (decimals(decimal) > mostDecimals) throw invalid(`${at}${name} must have at most ${mostDecimals} decimals`);
  return text.replace(/^0+(?=\d)/, '');
}

export function readText(body: JsonObject, name: string, at = '', longest = Infinity): string {
  const value = body[name];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw invalid(`${at}${name} must be a string, found ${shown(value)}`);
  if (isLonger(value, longest)) throw invalid(`${at}${name} must have at most ${longest} characters`);
  // The store would cut the text off there, or keep another one than was sent.
  if (unstorable.test(value)) throw invalid(`${at}${name} must have neither U+0000 nor half a surrogate pair`);
  return value;
}

export function readSymbol(body: JsonObject): string {
  const symbol = readText(body, 'symbol');
  if (symbol === '') throw invalid('symbol is required');
  return symbol;
}

/** An ISO 4217 word; the system currency when none is given. */
export function readCurrency(body: JsonObject, systemCurrency: string, at = ''): string {
  const currency = readText(body, 'currency', at);
  if (currency === '') return systemCurrency;
  if (!isCurrency(currency)) throw invalid(`${at}currency must be three capital letters, found ${shown(currency)}`);
  return currency;
}

export function readDescription(body: JsonObject, at = ''): string {
  return readText(body, 'description', at, 1_024);
}

/** U+0000, and surrogates without their other half: with the u flag, only those are matched as such. */
const unstorable = /[\0\p{Surrogate}]/u;

const transmitterTexts = [
  'transmitter_name',
  'transmitter_account_number',
  'transmitter_address',
  'transmitter_financial_institution',
] as const;

/** The Travel Rule fields; null when none is given. */
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

/** The entries of a batch, at least one. */
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

/** Counts characters as people do in limits: code points, which have one or two UTF-16 units. */
function isLonger(text: string, longest: number): boolean {
  if (text.length <= longest || text.length > 2 * longest) return text.length > longest;
  return Array.from(text).length > longest;
}

function parse(body: string): unknown {
  try {
    return parseExactJson(body);
  } catch (error) {
    if (error instanceof RangeError) throw invalid(`request body must have ${error.message}`);
    throw invalid('request body must be JSON');
  }
}

function decimals({ units, scale }: Decimal): number {
  let [rest, count] = [units, scale];
  for (; count > 0 && rest % 10n === 0n; count -= 1) rest /= 10n;
  return count;
}

function shown(value: unknown): string {
  return value instanceof JsonNumber ? value.literal : JSON.stringify(value);
}
