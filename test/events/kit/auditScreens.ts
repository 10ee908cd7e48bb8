import type { PublishedEvent } from './LiveSandbox.ts';
import type { Screen } from './Screen.ts';

export interface ScreenAudit {
  clients: number;
  delivered: number;
  lost: number;
  duplicated: number;
  /** Events that arrived after a later event of the same journal. */
  disordered: number;
  /** How often the subscriptions of all clients ended, by reason. */
  ends: Record<string, number>;
}

/** Compares what screens have shown with the published events: counts lost, repeated and disordered events. */
export function auditScreens(screens: readonly Screen[], published: readonly PublishedEvent[]): ScreenAudit {
  const places = new Map(published.map(({ id }, place) => [id, place]));
  const audit: ScreenAudit = { clients: screens.length, delivered: 0, lost: 0, duplicated: 0, disordered: 0, ends: {} };
  for (const { shown, ends } of screens) {
    const ids = new Set(shown.map(({ id }) => id));
    audit.delivered += shown.length;
    audit.lost += published.filter(({ id }) => !ids.has(id)).length;
    audit.duplicated += shown.length - ids.size;
    const lastOf = new Map<string, number>();
    for (const { id, journalId } of shown) {
      const place = places.get(id) ?? -1;
      if (place < (lastOf.get(journalId) ?? -1)) audit.disordered += 1;
      lastOf.set(journalId, place);
    }
    for (const [end, count] of ends) audit.ends[end] = (audit.ends[end] ?? 0) + count;
  }
  return audit;
}
