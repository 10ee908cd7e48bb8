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
  /** Returns the released schema with one change of a type. Expects that the text to replace exists. */
  function changed(type: string, from: string, to: string): string {
    const start = released.search(new RegExp(`^\\w+ ${type}\\b`, 'm'));
    const definition = released.slice(start);
    expect(start).toBeGreaterThan(0);
    expect(definition).toContain(from);
    return released.slice(0, start) + definition.replace(from, to);
  }

  it.each([
    ['a renamed field', 'JNLS.price', 'price: Decimal', 'cost: Decimal'],
    ['a field that may become null', 'JNLC.netAmount', 'netAmount: Decimal!', 'netAmount: Decimal'],
    ['another type', 'JNLS.symbol', 'symbol: String!', 'symbol: ID!'],
    ['a renamed value of an enum', 'JournalDirection.OUTGOING', 'OUTGOING', 'OUT'],
    ['a required argument', 'Mutation.deleteJournal.why', 'deleteJournal(', 'deleteJournal(why: String!'],
    ['an input field that became required', 'CreateJNLCInput.currency', 'currency: String', 'currency: String!'],
    ['a removed member of a union', 'CreateJournalResult', ' | InsufficientAssetsError', ''],
  ])('finds %s, until the changelog names it', async (_what, path, from, to) => {
    const [type = ''] = path.split('.');
    const broken = changed(type, from, to);

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
    const grown = changed('JNLS', 'price: Decimal', 'price: Decimal fee: Decimal');

    expect(await unnamedBreakingChanges(released, grown, '## Unreleased\n')).toEqual([]);
  });
});
