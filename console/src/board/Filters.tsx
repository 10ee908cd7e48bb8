import { useId, useState } from 'react';

import { statusWords } from '../format/statuses.ts';
import { accountProblem } from '../forms/rules.ts';
import type { BoardFilter } from './filter.ts';

interface FiltersProps {
  filter: BoardFilter;
  onChange: (filter: BoardFilter) => void;
}

export function Filters({ filter, onChange }: FiltersProps) {
  const set = (change: Partial<BoardFilter>) => onChange({ ...filter, ...change });
  const isFiltered =
    filter.status.length > 0 || filter.entryType !== '' || filter.fromAccount + filter.toAccount !== '';
  return (
    <form className="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <label>
        Created from (UTC)
        <input
          type="date"
          value={filter.createdAfter}
          max={filter.createdBefore || undefined}
          onChange={({ target }) => set({ createdAfter: target.value })}
        />
      </label>
      <label>
        Created to (UTC)
        <input
          type="date"
          value={filter.createdBefore}
          min={filter.createdAfter || undefined}
          onChange={({ target }) => set({ createdBefore: target.value })}
        />
      </label>
      <label>
        Type
        <select
          value={filter.entryType}
          onChange={({ target }) => set({ entryType: entryTypes.find((type) => type === target.value) ?? '' })}
        >
          <option value="">All</option>
          <option value="JNLC">Cash</option>
          <option value="JNLS">Securities</option>
          <option value="UNKNOWN">Other</option>
        </select>
      </label>
      <AccountFilter label="From account" value={filter.fromAccount} onChange={(fromAccount) => set({ fromAccount })} />
      <AccountFilter label="To account" value={filter.toAccount} onChange={(toAccount) => set({ toAccount })} />
      {isFiltered && (
        <button
          type="button"
          className="quiet"
          onClick={() => set({ status: [], entryType: '', fromAccount: '', toAccount: '' })}
        >
          Clear filters
          {filter.status.length > 0 && (
            <span className="faint"> ({filter.status.map((status) => statusWords[status].label).join(', ')})</span>
          )}
        </button>
      )}
    </form>
  );
}

const entryTypes = ['JNLC', 'JNLS', 'UNKNOWN'] as const;

interface AccountFilterProps {
  label: string;
  value: string;
  onChange: (account: string) => void;
}

/** Applies the filter once the text is a complete account id, and shows a hint until then. */
function AccountFilter({ label, value, onChange }: AccountFilterProps) {
  const [text, setText] = useState(value);
  const [applied, setApplied] = useState(value);
  const problemId = useId();
  if (value !== applied) {
    setApplied(value);
    setText(value);
  }
  const problem = text.trim() === '' ? null : accountProblem(text.trim());
  const change = (typed: string) => {
    setText(typed);
    const account = typed.trim().toLowerCase();
    if (account === value || (account !== '' && accountProblem(account) !== null)) return;
    setApplied(account);
    onChange(account);
  };
  return (
    <label className="accountFilter">
      {label}
      <input
        type="search"
        placeholder="any"
        spellCheck={false}
        value={text}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : problemId}
        onChange={({ target }) => change(target.value)}
      />
      {problem !== null && (
        <span id={problemId} className="filterProblem">
          not a complete account id yet
        </span>
      )}
    </label>
  );
}
