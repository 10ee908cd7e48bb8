import { randomUUID } from 'node:crypto';

import type { InputCheck } from './InputCheck.ts';

/** Characters that the API takes today; `IdempotencyKeys` shortens what it will not take any more. */
const longest = 128;

/** Becomes an HTTP header: visible characters, spaces inside only, or it would not arrive unchanged. */
const pattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/;

/** The caller's key, unchanged; one made for it where it gave none. */
export function idempotencyKeyOf(given: string | null | undefined, check: InputCheck): string {
  if (given === null || given === undefined) return randomUUID();
  if (!pattern.test(given)) {
    const found = given.length > longest ? `${given.length} characters` : JSON.stringify(given);
    check.add(['idempotencyKey'], `expected 1 to ${longest} printable ASCII characters, best a UUID; found ${found}`);
  }
  return given;
}
