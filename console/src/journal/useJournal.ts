import type { ResultOf } from 'gql.tada';
import { useCallback, useEffect, useState } from 'react';

import { messageOf } from '../format/messageOf.ts';
import { journalQuery, timelineQuery } from '../graphql/reads.ts';
import type { TimelineEvent } from '../graphql/reads.ts';
import { useServices } from '../Services.ts';

type Journal = NonNullable<ResultOf<typeof journalQuery>['journal']>;

interface JournalState {
  /** Undefined until it has been read; null if there is none. */
  journal: Journal | null | undefined;
  events: readonly TimelineEvent[];
  error: string | null;
  timelineError: string | null;
}

const nothing: JournalState = { journal: undefined, events: [], error: null, timelineError: null };
/** A journal's first event may be dated a little before its creation. */
const marginMs = 60_000;

/** A journal and its status events, kept current by the live ones. */
export function useJournal(id: string): JournalState & { reload: () => void } {
  const { client, live } = useServices();
  const [state, setState] = useState(nothing);
  const reload = useCallback(async () => {
    const { data, error } = await client.query(journalQuery, { id });
    const journal = data?.journal;
    if (!journal) {
      setState({ ...nothing, journal: error ? undefined : null, error: error ? messageOf(error) : null });
      return;
    }
    setState((before) => ({ ...before, journal, error: null }));
    const since = new Date(sinceOf(journal) - marginMs).toISOString();
    const { data: read, error: timelineError } = await client.query(timelineQuery, { id, since });
    const past = read?.journalStatusEvents?.nodes ?? [];
    setState((before) => ({
      ...before,
      events: merge(past, before.events),
      timelineError: timelineError ? messageOf(timelineError) : null,
    }));
  }, [client, id]);
  useEffect(() => {
    void reload();
    const removeOnGap = live.onGap(() => void reload());
    const removeOnEvent = live.onEvent((event) => {
      if (event.journalId !== id) return;
      setState((before) => ({
        ...before,
        events: merge(before.events, [event]),
        journal: before.journal && {
          ...before.journal,
          ...event.journal,
          status: event.statusTo,
          rawStatus: event.rawStatusTo,
        },
      }));
    });
    return () => {
      removeOnGap();
      removeOnEvent();
    };
  }, [id, live, reload]);
  return { ...state, reload: () => void reload() };
}

function sinceOf({ createdAt, systemDate, settleDate }: Journal): number {
  return Date.parse(createdAt ?? systemDate ?? settleDate ?? '2020-01-01');
}

/** Each event once, in the order of the first list. */
function merge(first: readonly TimelineEvent[], then: readonly TimelineEvent[]): TimelineEvent[] {
  const ids = new Set(first.map(({ id }) => id));
  return [...first, ...then.filter(({ id }) => !ids.has(id))];
}
