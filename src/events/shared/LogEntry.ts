import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import { ContractBrokenError } from '../../errors/faults.ts';

/** One event of the shared log. */
export interface LogEntry {
  /** Entries are numbered from 1, without gaps. */
  readonly number: number;
  readonly event: JournalStatusEvent;
  /** When the latest event up to this one happened, in ms; never ahead of the API's clock. */
  readonly publishedMs: number;
  /** Whether the event came in the part of a stream that repeats the past. */
  readonly isOverlap: boolean;
}

export function encodeLogEntry({ event, publishedMs, isOverlap }: Omit<LogEntry, 'number'>): string {
  return JSON.stringify([event, publishedMs, isOverlap ? 1 : 0]);
}

/** @throws ContractBrokenError for an entry of a gateway that writes a different format */
export function decodeLogEntry(id: string, text: string): LogEntry {
  const [event, publishedMs, isOverlap] = JSON.parse(text) as [JournalStatusEvent | undefined, unknown, unknown];
  if (typeof event?.id !== 'string' || typeof event.at !== 'string' || typeof publishedMs !== 'number') {
    throw new ContractBrokenError('an entry of the shared log has a different format: run one version on all gateways');
  }
  return { number: Number.parseInt(id, 10), event, publishedMs, isOverlap: isOverlap === 1 };
}
