import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { unnamedBreakingChanges } from './kit/unnamedBreakingChanges.ts';

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

const released = read('schema.released.graphql');
const current = read('schema.graphql');
const changelog = read('CHANGELOG.md');

describe('schema.graphql', () => {
  it('breaks no client of the last release, unless the top section of CHANGELOG.md names the change', async () => {
    expect(await unnamedBreakingChanges(released, current, changelog)).toEqual([]);
  });
});

describe('the check of the schema', () => {
  /** The released schema with one change, which must apply. */
  function changed(from: string, to: string): string {
    expect(released).toContain(from);
    return released.replace(from, to);
  }

  it.each([
    ['a removed field', 'JNLS.price', '  price: Decimal\n', ''],
    ['a field that may become null', 'JNLC.netAmount', '  netAmount: Decimal!', '  netAmount: Decimal'],
    ['another type', 'JNLS.symbol', '  symbol: String!', '  symbol: ID!'],
    ['a removed value of an enum', 'JournalDirection.OUTGOING', '\n  """The account gives."""\n  OUTGOING', ''],
    [
      'an argument that became required',
      'Mutation.deleteJournal.reason',
      'id: ID!\n  ): Delete',
      'id: ID!\n    reason: String!\n  ): Delete',
    ],
    [
      'an input field that became required',
      'CreateJNLCInput.currency',
      '  currency: String\n',
      '  currency: String!\n',
    ],
    ['a removed member of a union', 'CreateJournalResult', ' | InsufficientAssetsError', ''],
  ])('finds %s, until the changelog names it', async (_what, path, from, to) => {
    const broken = changed(from, to);

    const found = await unnamedBreakingChanges(released, broken, '## Unreleased\n\n- Something else.\n');
    const named = [...new Set(found.map((change) => change.slice(0, change.indexOf(':'))))];
    const bullets = named.map((name) => `- \`${name}\` has changed.`).join('\n');

    expect(named).toContain(path);
    expect(await unnamedBreakingChanges(released, broken, `# Changelog\n\n## Unreleased\n\n${bullets}\n`)).toEqual([]);
    expect(
      await unnamedBreakingChanges(released, broken, `# Changelog\n\n## Unreleased\n\n## 0.1.0\n\n${bullets}\n`),
    ).toEqual(found);
  });

  it('accepts additions', async () => {
    const grown = changed('  price: Decimal\n', '  price: Decimal\n\n  fee: Decimal\n');

    expect(await unnamedBreakingChanges(released, grown, '## Unreleased\n')).toEqual([]);
  });
});
