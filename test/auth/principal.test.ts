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
    ['name, where all accounts are seen', { name: 'ben' }],
    ['payers', { fromAccounts: [one] }],
    ['scopes said twice', { scopes: ['journals:read', 'journals:read'] }],
  ])('are the same for another %s', (_what, changes) => {
    expect(rights(changes)).toBe(rights({}));
  });

  it('are the same for the same accounts in another order', () => {
    expect(rights({ accounts: [one, two] })).toBe(rights({ accounts: [two, one] }));
  });

  it.each<[string, Partial<Grant>, Partial<Grant>]>([
    ['scopes', {}, { scopes: ['journals:read', 'journals:travel-rule'] }],
    ['accounts', { accounts: [one] }, { accounts: [one, two] }],
    ['no accounts than for all', {}, { accounts: [] }],
    ['name, where some accounts are seen', { accounts: [one] }, { accounts: [one], name: 'ben' }],
  ])('are others for other %s', (_what, first, second) => {
    expect(rights(first)).not.toBe(rights(second));
  });
});

describe('the scope schema:introspect', () => {
  it('decides who may read the schema', () => {
    const reader = createPrincipal({ name: 'ann', scopes: ['journals:read'], accounts: null, fromAccounts: null });

    expect(authorize(anyone, { kind: 'introspect' })).toBe(true);
    expect(authorize(reader, { kind: 'introspect' })).toBe(false);
  });
});
