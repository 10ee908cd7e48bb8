import type { JournalSides } from '../domain/journal.ts';
import { ContractBrokenError } from '../errors/faults.ts';

/** The accounts of a journal of which something else can't be read. @throws every other failure */
export function knownSides(failure: unknown): JournalSides {
  const { fromAccount, toAccount } = (failure instanceof ContractBrokenError && failure.journal) || {};
  if (fromAccount && toAccount) return { fromAccount, toAccount };
  throw failure;
}
