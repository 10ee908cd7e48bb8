import { describe, expect, it } from 'vitest';

import { asUuid, uuidsIn } from '../../src/domain/uuid.ts';

const uuid = '8f8c8cee-2591-4f83-be12-82c659b5e748';

describe('asUuid', () => {
  it('returns the id in lower case', () => {
    expect(asUuid(uuid.toUpperCase())).toBe(uuid);
  });

  it.each([
    '',
    'h7h5g33f-ef01-4458-9a4b-9598727a406f',
    '8fjkjn-4483-4199-840f-6c5fe0b7ca24',
    `${uuid} `,
    ` ${uuid}`,
    `${uuid}\n`,
    `${uuid}/..`,
    `${uuid}?a=b`,
    `{${uuid}}`,
    uuid.replaceAll('-', ''),
    '../journals',
    '%2e%2e',
  ])('is null for %j', (value) => {
    expect(asUuid(value)).toBeNull();
  });
});

describe('uuidsIn', () => {
  it('finds every UUID of a text, in order and in lower case', () => {
    const other = '94FA473D-9A92-40CD-908C-25DA9FBA1E65';

    expect(uuidsIn(`accounts ${other}, "${uuid}" not found`)).toEqual([other.toLowerCase(), uuid]);
  });

  it.each(['account not found', `x${uuid}`, `${uuid}0`])('finds none in %j', (text) => {
    expect(uuidsIn(text)).toEqual([]);
  });
});
