import { describe, expect, it } from 'vitest';

import { readJson } from '../../src/domain/readJson.ts';
import { seededRandom } from '../../src/sandbox/values/seededRandom.ts';
import { decodeListedJournal } from '../../src/upstream/journals/decodeJournal.ts';
import { decodeListResponse, ListDecoder } from '../../src/upstream/journals/decodeResponse.ts';
import { wireJNLC, wireJNLS } from '../kit/wireJournals.ts';

/**
 * Ways in which the API could send a value: mostly as text, sometimes as a number that JavaScript writes differently.
 */
const spellings = [
  '"10.50"',
  '"7"',
  '""',
  'null',
  '"2026-03-31T14:30:00.5Z"',
  '"2026-02-30"',
  'true',
  '10.50',
  '0.30000000000000001',
  '12345678901234567890',
  '1e2',
  '1e400',
  '-0',
  '7',
  '[10.50]',
  '{"originator_city":10.50}',
  '{"originator_bank_account_number":"00120"}',
  '{"originator_bank_account_number":12345678901234567890}',
];

const fields = [
  ...Object.keys({ ...wireJNLC(), ...wireJNLS() }),
  'transmitter_info',
  'transmitter_account_number',
  'transmitter_timestamp',
  'error_message',
  'a_field_of_the_future',
];

/** Returns the JSON text of a journal in which up to three fields have random values. */
function journalText(random: () => number): string {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const texts = new Map(
    Object.entries(pick([wireJNLC(), wireJNLS()])).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  for (let changed = Math.floor(random() * 4); changed > 0; changed -= 1) texts.set(pick(fields), pick(spellings));
  return `{${[...texts].map(([name, text]) => `"${name}":${text}`).join()}}`;
}

describe('a list of journals', () => {
  it('has the same digits as if every value of the response were searched for numbers', () => {
    const random = seededRandom(20_261_129);
    for (let round = 0; round < 2_000; round += 1) {
      const elements = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
        random() < 0.05 ? '10.50' : journalText(random),
      );
      const body = `[${elements.join()}]`;
      const expected = (readJson(body) as unknown[]).map(decodeListedJournal);
      const response = { status: 200, headers: {}, body };

      expect(
        decodeListResponse(response, () => undefined),
        body,
      ).toEqual(expected);
      const streamed: unknown[] = [];
      const decoder = new ListDecoder(() => (journal) => streamed.push(journal));
      decoder.open()(Buffer.from(body));
      decoder.end({ ...response, body: '' }, () => undefined);
      expect(streamed, body).toEqual(expected);
    }
  });
});
