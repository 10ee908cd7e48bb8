import { Big } from 'big.js';

import { accountProblem, amountProblem, currencyProblem, descriptionProblem } from '../rules.ts';
import { noTransmitter, transmitterFields, transmitterNames } from '../transmitter.ts';
import type { Transmitter } from '../transmitter.ts';

/** One row of a batch. `account` is the side that differs from row to row. */
export interface BatchEntry extends Transmitter {
  account: string;
  amount: string;
  currency: string;
  description: string;
}

export const emptyEntry: BatchEntry = { account: '', amount: '', currency: '', description: '', ...noTransmitter };

/** A batch names currencies and Travel Rule data per entry, a reverse batch one currency for all. */
export type Direction = 'batch' | 'reverse';

export type EntryProblems = Partial<Record<keyof BatchEntry, string>>;

/** Returns the problems of each entry: an empty object if there are none. */
export function checkEntries(entries: readonly BatchEntry[], direction: Direction): EntryProblems[] {
  const first = entries.find(({ currency }) => currency !== '')?.currency ?? '';
  return entries.map((entry) => {
    const problems: Record<string, string | null> = {
      account: accountProblem(entry.account),
      amount: amountProblem(entry.amount),
      description: descriptionProblem(entry.description),
    };
    if (direction === 'batch') {
      problems['currency'] = currencyProblem(entry.currency, first);
      for (const name of transmitterNames) problems[name] = transmitterFields[name].problemOf(entry[name]);
    }
    return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== null));
  });
}

export function isRight(problems: EntryProblems | undefined): boolean {
  return problems !== undefined && Object.keys(problems).length === 0;
}

/** Returns the exact sum of the amounts, which must have been checked. */
export function sumOf(entries: readonly BatchEntry[]): string {
  return entries.reduce((sum, { amount }) => sum.plus(amount), new Big(0)).toFixed();
}
