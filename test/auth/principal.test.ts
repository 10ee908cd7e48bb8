import { describe, expect, it } from 'vitest';

import { authorize } from '../../src/auth/authorize.ts';
import { anyone, createPrincipal } from '../../src/auth/principal.ts';
import type { Grant } from '../../src/auth/principal.ts';

const [one, two] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

function rights(changes: Partial<Grant>): string {
  return createPrincipal({ name: 'ann', scopes: ['journals:read'], accounts: null, fromAccounts: [], ...changes })
    .rights;
}

describe('rights', () => {
  it.each<[string, Partial<Grant>]>([
    ['name if all accounts are visible', { name: 'ben' }],
    ['list of payers', { fromAccounts: [one] }],
    ['list of scopes with the same members', { scopes: ['journals:read', 'journals:read'] }],
  ])('are equal for a different %s', (_what, changes) => {
    expect(rights(changes)).toBe(rights({}));
  });

  it('are equal for the same accounts in a different order', () => {
    expect(rights({ accounts: [one, two] })).toBe(rights({ accounts: [two, one] }));
  });

  it.each<[string, Partial<Grant>, Partial<Grant>]>([
    ['scopes', {}, { scopes: ['journals:read', 'journals:travel-rule'] }],
    ['accounts', { accounts: [one] }, { accounts: [one, two] }],
    ['accounts: all and none', {}, { accounts: [] }],
    ['names if not all accounts are visible', { accounts: [one] }, { accounts: [one], name: 'ben' }],
  ])('differ for different %s', (_what, first, second) => {
    expect(rights(first)).not.toBe(rights(second));
  });
});

describe('the scope schema:introspect', () => {
  it('is required to read the schema', () => {
    const reader = createPrincipal({ name: 'ann', scopes: ['journals:read'], accounts: null, fromAccounts: null });

    expect(authorize(anyone, { kind: 'introspect' })).toBe(true);
    expect(authorize(reader, { kind: 'introspect' })).toBe(false);
  });
});
