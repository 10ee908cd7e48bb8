import { lazy, Suspense } from 'react';
import { Link } from 'wouter';

import { CashForm } from './CashForm.tsx';
import { KnownAccounts } from './KnownAccounts.tsx';
import { SecuritiesForm } from './SecuritiesForm.tsx';

const BatchForm = lazy(async () => ({ default: (await import('./batch/BatchForm.tsx')).BatchForm }));

const kinds = {
  cash: { label: 'Cash', about: 'Moves cash between a firm account and a customer account.' },
  securities: { label: 'Securities', about: 'Moves shares from a firm account to a customer account.' },
  batch: { label: 'Batch', about: 'One account pays cash to many. If one entry is invalid, all are refused.' },
  'reverse-batch': {
    label: 'Reverse batch',
    about: 'Many accounts pay cash to one. If one entry is invalid, all are refused.',
  },
} as const;

export function NewJournal({ kind }: { kind: string }) {
  const about = Object.entries(kinds).find(([name]) => name === kind)?.[1].about;
  return (
    <div className={kind.endsWith('batch') ? 'page' : 'page narrow'}>
      <h1>New journal</h1>
      <nav className="tabs" aria-label="Kind of journal">
        {Object.entries(kinds).map(([name, { label }]) => (
          <Link key={name} href={`/new/${name}`} aria-current={name === kind ? 'page' : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <p className="faint">{about ?? 'There is no such kind of journal.'}</p>
      <KnownAccounts />
      {kind === 'cash' && <CashForm />}
      {kind === 'securities' && <SecuritiesForm />}
      <Suspense fallback={<p className="faint">Loading…</p>}>
        {kind === 'batch' && <BatchForm key="batch" direction="batch" />}
        {kind === 'reverse-batch' && <BatchForm key="reverse" direction="reverse" />}
      </Suspense>
    </div>
  );
}
