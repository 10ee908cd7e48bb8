import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Database from 'libsql';
import { describe, expect, it } from 'vitest';

import type { BatchItem, NewReverseBatch } from '../../src/domain/newJournal.ts';
import { FileOutcomeStore } from '../../src/outcomes/FileOutcomeStore.ts';
import { decodeJournal } from '../../src/upstream/journals/decodeJournal.ts';
import { customer, richCustomers, sweep } from '../kit/accounts.ts';
import { closeLater } from '../kit/closeLater.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const batch: NewReverseBatch = { toAccount: sweep, entries: [{ fromAccount: richCustomers[0], amount: '10' }] };
const intent = { fingerprint: 'print', batch, intendedAtMs: 1_792_000_000_000 };

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-'));
  closeLater(() => rmSync(folder, { recursive: true }));
  return join(folder, 'outcomes.db');
}

function item(id: string, fields: Record<string, unknown> = {}): BatchItem {
  return { journal: decodeJournal(wireJNLC({ id, to_account: sweep, ...fields })), errorMessage: null };
}

const ids = ['6d2cba43-cb57-4534-9603-a6e159167c0a', '7e3dcb54-dc68-4645-8714-b7f260278d1b'] as const;

describe('FileOutcomeStore', () => {
  it('keeps an intent, its response and its journals across a restart', () => {
    const file = newFile();
    const first = new FileOutcomeStore(file);
    const { id } = first.intend('anyone', { ...intent, idempotencyKey: 'a' });
    first.intend('anyone', { ...intent, idempotencyKey: 'b' });
    first.settleDone(id, [item(ids[0])]);
    first.close();

    const second = new FileOutcomeStore(file);
    closeLater(() => second.close());

    expect(second.find('anyone', 'a')).toMatchObject({ state: 'done', items: [item(ids[0])], batch });
    expect(second.unsettled()).toMatchObject([{ idempotencyKey: 'b', state: 'open', ...intent }]);
    expect([...second.claimed(ids)]).toEqual([ids[0]]);
  });

  it('drops the currency that an older gateway assumed', () => {
    const file = newFile();
    const older = new FileOutcomeStore(file);
    const asked = [null, 'EUR', 'USD'];
    asked.forEach((currency, index) => {
      older.intend('anyone', { ...intent, batch: { ...batch, currency }, idempotencyKey: `${index}` });
      older.settleDone(`${index + 1}`, [item(ids[0]), item(ids[1], { currency: 'JPY', net_amount: '10.50' })]);
    });
    older.intend('anyone', { ...intent, idempotencyKey: 'open' });
    older.close();
    const database = new Database(file);
    database.exec('PRAGMA user_version = 0');
    database.close();

    const store = new FileOutcomeStore(file);
    closeLater(() => store.close());

    const items = asked.map((_, index) => store.get(`${index + 1}`)?.items);
    const currencies = items.map((all) => all?.map(({ journal }) => journal.currency));
    expect(currencies).toEqual([
      [null, 'JPY'],
      ['EUR', 'JPY'],
      ['USD', 'JPY'],
    ]);
    expect(items[0]?.[1]).toEqual(item(ids[1], { currency: 'JPY', net_amount: '10.50' }));
    expect(store.unsettled()).toMatchObject([{ idempotencyKey: 'open', batch }]);
  });

  it('keeps across a restart whether the API stated a currency', () => {
    const file = newFile();
    const first = new FileOutcomeStore(file);
    const { id } = first.intend('anyone', { ...intent, idempotencyKey: 'a' });
    const items = [item(ids[0], { currency: 'USD' }), item(ids[1], { currency: null })];
    first.settleDone(id, items);
    first.close();

    const second = new FileOutcomeStore(file);
    closeLater(() => second.close());

    expect(second.get(id)?.items).toEqual(items);
  });

  it('refuses a second process', () => {
    const file = newFile();
    const store = new FileOutcomeStore(file);
    closeLater(() => store.close());

    expect(() => new FileOutcomeStore(file, { patienceMs: 1 })).toThrow(/locked/);
  });

  it('does not open if an unsettled batch cannot be read', () => {
    const file = newFile();
    const store = new FileOutcomeStore(file);
    store.intend('anyone', { ...intent, idempotencyKey: 'a' });
    store.close();
    const database = new Database(file);
    database.exec("UPDATE outcomes SET batch = '{'");
    database.close();

    expect(() => new FileOutcomeStore(file)).toThrow(/JSON/);
  });

  it('removes outcomes that are old enough when it is full', () => {
    const store = new FileOutcomeStore(null, { maxBytes: 200_000, keptMs: -1 });
    const entries = Array.from({ length: 200 }, () => ({ fromAccount: sweep, amount: '10' }));

    for (let index = 0; index < 100; index += 1) {
      const { id } = store.intend('anyone', { ...intent, batch: { ...batch, entries }, idempotencyKey: `${index}` });
      store.settle(id, 'notDone');
    }

    expect(store.find('anyone', '99')?.state).toBe('notDone');
  });

  it('keeps the keys of principals apart', () => {
    const store = new FileOutcomeStore();
    store.intend('one', { ...intent, idempotencyKey: 'a' });

    expect(store.find('other', 'a')).toBeNull();
    expect(() => store.intend('one', { ...intent, idempotencyKey: 'a' })).toThrow();
  });

  it('forgets a batch with all its claims', () => {
    const store = new FileOutcomeStore();
    const { id } = store.intend('anyone', { ...intent, idempotencyKey: 'a' });
    store.settleDone(id, [item(ids[0])]);

    store.forget(id);

    expect(store.find('anyone', 'a')).toBeNull();
    expect(store.claimed(ids).size).toBe(0);
  });

  it('removes settled outcomes after a time, and never unsettled ones', () => {
    const file = newFile();
    const store = new FileOutcomeStore(file);
    const keys = ['open', 'ambiguous', 'done', 'notDone'];
    for (const key of keys) store.intend('anyone', { ...intent, idempotencyKey: key });
    store.settle('2', 'ambiguous');
    store.settleDone('3', [item(ids[0])]);
    store.settle('4', 'notDone');
    store.close();

    const reopened = new FileOutcomeStore(file, { keptMs: -1 });
    closeLater(() => reopened.close());

    const states = keys.map((key) => reopened.find('anyone', key)?.state);
    expect(states).toEqual(['open', 'ambiguous', undefined, undefined]);
  });

  it('is readable by its owner only', () => {
    const file = newFile();
    const store = new FileOutcomeStore(file);
    closeLater(() => store.close());

    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('reports the journals of an answer that another outcome had claimed', () => {
    const store = new FileOutcomeStore();
    for (const key of ['wrong', 'right']) store.intend('anyone', { ...intent, idempotencyKey: key });

    expect(store.settleDone('1', [item(ids[0])])).toEqual([]);
    expect(store.settleDone('2', [item(ids[0])])).toEqual([ids[0]]);
  });

  it('writes no Travel Rule data', () => {
    const file = newFile();
    const store = new FileOutcomeStore(file);
    const { id } = store.intend('anyone', { ...intent, idempotencyKey: 'a' });
    store.settleDone(id, [
      item(ids[0], {
        from_account: customer,
        transmitter_name: 'PLANTED NAME',
        transmitter_info: { originator_full_name: 'PLANTED ORIGINATOR' },
      }),
    ]);
    store.close();

    expect(readFileSync(file, 'latin1')).not.toContain('PLANTED');
  });
});
