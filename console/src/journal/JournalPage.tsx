import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { Amount, amountOf } from '../format/Amount.tsx';
import { Moment } from '../format/Moment.tsx';
import { StatusBadge } from '../format/StatusBadge.tsx';
import { statusWords } from '../format/statuses.ts';
import type { TimelineEvent } from '../graphql/reads.ts';
import { DeleteJournal } from './DeleteJournal.tsx';
import { TravelRule } from './TravelRule.tsx';
import { useJournal } from './useJournal.ts';

export function JournalPage({ id }: { id: string }) {
  const { journal, events, error, timelineError, reload } = useJournal(id);
  if (error !== null) {
    return (
      <div className="page">
        <h1>Journal</h1>
        <p role="alert" className="notice refused">
          The journal could not be read: {error}{' '}
          <button type="button" onClick={reload}>
            Read again
          </button>
        </p>
      </div>
    );
  }
  if (journal === undefined) return <p className="page faint">Loading…</p>;
  if (journal === null) {
    return (
      <div className="page">
        <h1>No such journal</h1>
        <p>
          <span className="id">{id}</span> does not exist, or your key has no access to it.
        </p>
        <p>
          <Link href="/">Back to the board</Link>
        </p>
      </div>
    );
  }
  const isCash = journal.__typename === 'JNLC';
  return (
    <div className="page narrow">
      <p className="crumbs">
        <Link href="/">Board</Link>
      </p>
      <header className="titleRow">
        <h1>
          <Amount {...amountOf(journal)} />
        </h1>
        <StatusBadge status={journal.status} raw={journal.rawStatus} />
        {journal.status === 'PENDING' && <DeleteJournal journal={journal} onDeleted={reload} />}
      </header>
      <p className="faint">{statusWords[journal.status].about}.</p>
      <div className="columns">
        <section className="card">
          <h2>Journal</h2>
          <dl className="facts">
            <Fact name="Id" value={<span className="id">{journal.id}</span>} />
            <Fact
              name="Type"
              value={isCash ? 'Cash (JNLC)' : journal.__typename === 'JNLS' ? 'Securities (JNLS)' : 'Other'}
            />
            <Fact name="From" value={<AccountLink id={journal.fromAccount.id} side="from" />} />
            <Fact name="To" value={<AccountLink id={journal.toAccount.id} side="to" />} />
            {journal.__typename === 'JNLS' && journal.price !== null && (
              <Fact name="Price" value={<Amount value={journal.price} unit={journal.currency} />} />
            )}
            <Fact name="Description" value={journal.description || <span className="faint">none</span>} />
            <Fact name="Created" value={<Moment at={journal.createdAt} />} />
            <Fact name="Settle date" value={journal.settleDate ?? <span className="faint">not yet</span>} />
            <Fact name="System date" value={journal.systemDate ?? <span className="faint">not yet</span>} />
          </dl>
        </section>
        <section className="card">
          <h2>Timeline</h2>
          {timelineError !== null && (
            <p className="notice notDone">
              The journal’s past events could not be read: {timelineError}{' '}
              <button type="button" onClick={reload}>
                Read again
              </button>
            </p>
          )}
          <Timeline events={events} />
        </section>
      </div>
      {isCash && <TravelRule id={id} />}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Links to the board with all journals from or to this account. */
function AccountLink({ id, side }: { id: string; side: 'from' | 'to' }) {
  return (
    <Link href={`/?after=&${side}=${id}`} className="id">
      {id}
    </Link>
  );
}

function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  if (events.length === 0) return <p className="faint">No status events are known.</p>;
  return (
    <ol className="timeline">
      {events.map(({ id, at, statusTo, rawStatusTo, batchErrorMessage }) => (
        <li key={id} className={statusWords[statusTo].tone}>
          <StatusBadge status={statusTo} raw={rawStatusTo} />
          <Moment at={at} />
          {batchErrorMessage !== null && <span className="eventMessage">{batchErrorMessage}</span>}
        </li>
      ))}
    </ol>
  );
}
