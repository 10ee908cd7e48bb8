import type { EventHub } from '../streams/EventHub.ts';
import { isObject } from '../values/exactJson.ts';
import { isStreamEffect } from '../faults/Fault.ts';
import type { FaultPlan } from '../faults/FaultPlan.ts';
import { effectFields, readEffect } from '../faults/readEffect.ts';
import { readFaults } from '../faults/readFaults.ts';
import { formatJournal } from '../format/formatJournal.ts';
import { type Answer, json } from '../api/Answer.ts';
import type { Credentials } from '../admission/Credentials.ts';
import type { RequestLog } from '../exchange/RequestLog.ts';
import { formatInstant, latestInstant, microsPerMillisecond, parseInstant } from '../values/instant.ts';
import type { Books } from '../ledger/Books.ts';
import { type MoveStatusParts, moveStatus } from '../ledger/moveStatus.ts';
import { type AccountChange, openAccount } from '../ledger/openAccount.ts';
import type { SettlementTimer } from '../ledger/SettlementTimer.ts';
import { accountNotFound, invalid, journalNotFound } from '../api/Refusal.ts';
import { readNumber, readObject, readPositiveDecimal, readText, refuseUnknownFields } from '../rules/bodyFields.ts';
import type { SandboxClock } from '../values/SandboxClock.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import type { GroupCommit } from '../store/GroupCommit.ts';
import type { Store } from '../store/Store.ts';
import type { Control } from './ControlRoutes.ts';

export interface ControlParts {
  store: Store;
  commit: GroupCommit;
  books: Books;
  timer: SettlementTimer;
  hub: EventHub;
  faults: FaultPlan;
  credentials: Credentials;
  log: RequestLog;
  clock: SandboxClock;
  settings: Settings;
  moves: MoveStatusParts;
  /** Deletes everything and writes the seed accounts again. */
  reset: () => Promise<void>;
}

/** Returns the controls by method and path. */
export function createControls(parts: ControlParts): Record<string, Control> {
  return {
    'GET /sandbox/clock': () => showClock(parts),
    'POST /sandbox/clock': (body) => advance(body, parts),
    'POST /sandbox/end-of-day': () => endDay(parts),
    'POST /sandbox/journals/{id}/status': (body, id) => move(body, id, parts),
    'PUT /sandbox/accounts/{id}': (body, id) => putAccount(body, id, parts),
    'GET /sandbox/faults': () => json({ faults: parts.faults.describe() }),
    'PUT /sandbox/faults': (body) => replaceFaults(body, parts),
    'DELETE /sandbox/faults': () => replaceFaults('{}', parts),
    'POST /sandbox/streams': (body) => applyToStreams(body, parts),
    'POST /sandbox/revoke-tokens': () => json({ revoked: parts.credentials.revokeAll() }),
    'GET /sandbox/stats': () => json(stats(parts)),
    'GET /sandbox/log': () => json(parts.log.entries()),
    'POST /sandbox/reset': async () => {
      await parts.reset();
      return { status: 204 };
    },
  };
}

function showClock({ clock }: ControlParts): Answer {
  return json({ now: formatInstant(clock.now()), mode: clock.manual ? 'manual' : 'real' });
}

async function advance(body: string, parts: ControlParts): Promise<Answer> {
  const request = readObject(body);
  const to = readText(request, 'to');
  const instant =
    to === ''
      ? parts.clock.now() + Math.round(readNumber(request, 'advanceMs') * microsPerMillisecond)
      : parseInstant(to);
  if (instant === null) throw invalid('to must be an RFC 3339 time');
  if (instant > latestInstant) throw invalid(`the clock can't be set beyond ${formatInstant(latestInstant)}`);
  await parts.commit.run(() => parts.timer.advanceTo(instant));
  return showClock(parts);
}

async function endDay(parts: ControlParts): Promise<Answer> {
  await parts.commit.run(() => parts.timer.endDay());
  return showClock(parts);
}

async function move(body: string, id: string, parts: ControlParts): Promise<Answer> {
  const request = readObject(body);
  const status = readText(request, 'status');
  if (!/^[a-z_]+$/.test(status)) throw invalid('status must be lowercase, such as rejected');
  const moved = await parts.commit.run(() => {
    const journal = parts.store.journals.find(id);
    if (!journal) throw journalNotFound(id);
    const corrected = journal.entry_type === 'JNLC' ? 'amount' : 'qty';
    const amount = status === 'correct' ? readPositiveDecimal(request, corrected) : '';
    return moveStatus(journal, { status, amount }, parts.moves);
  });
  const shape = parts.settings.answerShape;
  return json({
    journal: formatJournal(moved.journal, shape),
    replacement: moved.replacement && formatJournal(moved.replacement, shape),
  });
}

async function putAccount(body: string, id: string, parts: ControlParts): Promise<Answer> {
  if (id === '') throw accountNotFound(id);
  const request = readObject(body);
  const kind = readText(request, 'kind');
  if (kind !== '' && kind !== 'firm' && kind !== 'customer') throw invalid('kind must be firm or customer');
  const status = readText(request, 'status');
  const change: AccountChange = {
    id,
    cash: readAmounts(request['cash'], 'cash'),
    shares: readAmounts(request['shares'], 'shares'),
    ...(kind !== '' && { kind }),
    ...(status !== '' && { status }),
  };
  await parts.commit.run(() => openAccount(change, parts.store.accounts, parts.clock.now()));
  return { status: 204 };
}

function readAmounts(value: unknown, name: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) throw invalid(`${name} must be an object of decimal strings`);
  return Object.fromEntries(Object.keys(value).map((key) => [key, readText(value, key, `${name}.`)]));
}

function replaceFaults(body: string, { faults }: ControlParts): Answer {
  const { faults: list, seed } = readFaults(readObject(body));
  faults.replace(list, seed);
  return json({ faults: faults.describe() });
}

function applyToStreams(body: string, { hub }: ControlParts): Answer {
  const item = readObject(body);
  const effect = readEffect(item);
  refuseUnknownFields(item, ['kind', ...effectFields[effect.kind]]);
  if (!isStreamEffect(effect) || effect.kind === 'duplicates')
    throw invalid(`kind ${effect.kind} can't apply to an open stream`);
  return json({ streams: hub.applyToAll(effect) });
}

function stats({ store, books, hub, credentials, log }: ControlParts): object {
  const byStatus = store.journals.countByStatus();
  const total = Object.values(byStatus).reduce((sum, count) => sum + count, 0);
  return {
    requests: log.counts(),
    journals: { total, byStatus },
    events: store.events.last().seq,
    idempotencyKeys: store.idempotency.count(),
    holdings: books.totals(),
    streams: hub.stats(),
    tokens: credentials.stats(),
  };
}
