import { useState } from 'react';

import { groupDigits } from '../../format/Amount.tsx';
import { useServices } from '../../Services.ts';
import { knownAccountsId } from '../KnownAccounts.tsx';
import { accountProblem, maxEntries } from '../rules.ts';
import { SubmissionState } from '../SubmissionState.tsx';
import { TextField } from '../TextField.tsx';
import { useSubmission } from '../useSubmission.ts';
import { checkEntries, emptyEntry, isRight, sumOf } from './BatchEntry.ts';
import type { BatchEntry, Direction, EntryProblems } from './BatchEntry.ts';
import { BatchResults } from './BatchResults.tsx';
import { CsvDrop } from './CsvDrop.tsx';
import { EntryTable } from './EntryTable.tsx';
import { sendBatch } from './sendBatch.ts';
import type { Batch, CreatedBatch } from './sendBatch.ts';

const empty: Batch = { account: '', currency: '', entries: [] };

const words = {
  batch: { name: 'batch', account: 'From account', other: 'To account' },
  reverse: { name: 'reverse-batch', account: 'To account', other: 'From account' },
} as const;

/** The form for a batch, from a CSV file or typed row by row. Every row is checked before anything is sent. */
export function BatchForm({ direction }: { direction: Direction }) {
  const { client } = useServices();
  const { name, account, other } = words[direction];
  const submission = useSubmission<Batch, CreatedBatch>(name, empty, (batch, key) =>
    sendBatch[direction](client, batch, key),
  );
  const { values, change, outcome, isLocked } = submission;
  const [isChecked, setChecked] = useState(false);
  const { entries } = values;
  const problems = checkEntries(entries, direction);
  const set = (entries: BatchEntry[]) => change({ ...values, entries });
  const blocked = blockedBy(entries, problems);
  if (outcome?.kind === 'done') {
    return <BatchResults created={outcome.success} otherLabel={other} onNext={submission.startOver} />;
  }
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (blocked === null && accountProblem(values.account) === null) submission.submit();
      }}
    >
      <fieldset disabled={isLocked} className="card stack">
        <div className="formGrid">
          <TextField
            label={account}
            list={knownAccountsId}
            value={values.account}
            problem={accountProblem(values.account)}
            isChecked={isChecked}
            onChange={(typed) => change({ ...values, account: typed.trim() })}
          />
          {direction === 'reverse' && (
            <TextField
              label="Currency"
              isOptional
              hint="The firm’s own if empty"
              value={values.currency}
              problem={null}
              isChecked={isChecked}
              onChange={(typed) => change({ ...values, currency: typed.trim() })}
            />
          )}
        </div>
        <CsvDrop direction={direction} onEntries={(read) => set([...entries.filter(isFilled), ...read])} />
      </fieldset>
      {entries.length > 0 && (
        <EntryTable
          entries={entries}
          problems={problems}
          direction={direction}
          accountLabel={other}
          isLocked={isLocked}
          onChange={set}
        />
      )}
      <div className="card stack">
        <Summary entries={entries} problems={problems} currency={values.currency} />
        <div className="actions">
          <button type="button" disabled={isLocked} onClick={() => set([...entries, { ...emptyEntry }])}>
            Add a row
          </button>
          {entries.length > 0 && !problems.every(isRight) && (
            <button
              type="button"
              disabled={isLocked}
              onClick={() => set(entries.filter((_, at) => isRight(problems[at])))}
            >
              Leave out the rows with problems
            </button>
          )}
          {entries.length > 0 && (
            <button type="button" className="quiet" disabled={isLocked} onClick={() => set([])}>
              Remove all rows
            </button>
          )}
        </div>
        <SubmissionState
          submission={submission}
          sendLabel={`Send ${entries.length.toLocaleString()} ${entries.length === 1 ? 'entry' : 'entries'}`}
          blocked={blocked}
        />
        {submission.isSending && <progress className="wide" aria-label="Sending" />}
      </div>
    </form>
  );
}

function isFilled(entry: BatchEntry): boolean {
  return Object.values(entry).some((value) => value !== '');
}

function blockedBy(entries: readonly BatchEntry[], problems: readonly EntryProblems[]): string | null {
  if (entries.length === 0) return 'Add at least one row';
  if (entries.length > maxEntries) return `A batch has at most ${maxEntries} rows; there are ${entries.length}`;
  return problems.every(isRight) ? null : 'Correct the rows with problems, or leave them out';
}

interface SummaryProps {
  entries: readonly BatchEntry[];
  problems: readonly EntryProblems[];
  currency: string;
}

/** Shows the number of rows, how many have problems, and the exact sum of the others. */
function Summary({ entries, problems, currency }: SummaryProps) {
  const right = entries.filter((_, index) => isRight(problems[index]));
  const wrong = entries.length - right.length;
  const unit = right.find((entry) => entry.currency !== '')?.currency ?? currency;
  const problem = entries.length > maxEntries ? blockedBy(entries, problems) : null;
  return (
    <div className="batchSummary" role="status">
      <div>
        <span className="faint">Rows</span>
        <strong data-summary="rows">{entries.length.toLocaleString()}</strong>
      </div>
      <div>
        <span className="faint">With problems</span>
        <strong data-summary="problems" className={wrong > 0 ? 'failedText' : ''}>
          {wrong.toLocaleString()}
        </strong>
      </div>
      <div className="batchSum">
        <span className="faint">{wrong > 0 ? 'Sum of the rows without problems' : 'Sum'}</span>
        <strong data-summary="sum">
          {groupDigits(sumOf(right))} {unit}
        </strong>
      </div>
      {problem !== null && <p className="failedText">{problem}</p>}
    </div>
  );
}
