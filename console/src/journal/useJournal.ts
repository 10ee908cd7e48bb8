import type { ResultOf } from 'gql.tada';
import { useCallback, useEffect, useState } from 'react';

import { messageOf } from '../format/messageOf.ts';
import { journalQuery, timelineQuery } from '../graphql/reads.ts';
import type { TimelineEvent } from '../graphql/reads.ts';
import { useServices } from '../Services.ts';

type Journal = NonNullable<ResultOf<typeof journalQuery>['journal']>;

interface JournalState {
  /** Undefined until it has been read; null if it doesn't exist. */
  journal: Journal | null | undefined;
  events: readonly TimelineEvent[];
  error: string | null;
  timelineError: string | null;
}

const nothing: JournalState = { journal: undefined, events: [], error: null, timelineError: null };
/** A journal's first event may be dated slightly before its creation, so events are read from this much earlier. */
const marginMs = 60_000;

/** Reads a journal and its past status events, and keeps both current by live events. */
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

/** Returns the first list, followed by the events of the second list that it doesn't contain. */
function merge(first: readonly TimelineEvent[], second: readonly TimelineEvent[]): TimelineEvent[] {
  const ids = new Set(first.map(({ id }) => id));
  return [...first, ...second.filter(({ id }) => !ids.has(id))];
}
