import type { WireBatchJournal, WireJournal } from '../../../src/upstream/wire/apiBodies.ts';
import { customerAccountIds, sweepAccountId } from '../../../src/sandbox/setup/seed.ts';

export const [ann, bob, cid, dan, eve, fay] = customerAccountIds;
export const sweep = sweepAccountId;

export type Journal = Required<WireJournal>;
export type BatchJournal = Required<WireBatchJournal>;

export interface ErrorBody {
  code: number;
  message: string;
}

/** A valid JNLC of $10 from the sweep account, with changes. */
export function cash(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { entry_type: 'JNLC', from_account: sweep, to_account: ann, amount: '10', ...changes };
}

/** A valid JNLS of 2 AAPL from the sweep account, with changes. */
export function shares(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { entry_type: 'JNLS', from_account: sweep, to_account: ann, symbol: 'AAPL', qty: '2', ...changes };
}
