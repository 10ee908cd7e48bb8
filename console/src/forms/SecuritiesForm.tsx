import type { Client } from '@urql/core';
import { useState } from 'react';

import { createJournal } from '../graphql/mutations.ts';
import { useServices } from '../Services.ts';
import { CreatedJournal } from './CreatedJournal.tsx';
import type { Created } from './CreatedJournal.tsx';
import { given } from './given.ts';
import { knownAccountsId } from './KnownAccounts.tsx';
import { failureOf, failureOfError } from './Outcome.ts';
import type { Outcome } from './Outcome.ts';
import { accountProblem, descriptionProblem, qtyProblem, symbolProblem } from './rules.ts';
import { SubmissionState } from './SubmissionState.tsx';
import { TextField } from './TextField.tsx';
import { useSubmission } from './useSubmission.ts';

const empty = { fromAccount: '', toAccount: '', symbol: '', qty: '', description: '' };
type Securities = typeof empty;

export function SecuritiesForm() {
  const { client } = useServices();
  const submission = useSubmission<Securities, Created>('securities', empty, (values, key) =>
    send(client, values, key),
  );
  const { values, change, outcome, isLocked } = submission;
  const [isChecked, setChecked] = useState(false);
  const problems: Record<keyof Securities, string | null> = {
    fromAccount: accountProblem(values.fromAccount),
    toAccount: accountProblem(values.toAccount),
    symbol: symbolProblem(values.symbol),
    qty: qtyProblem(values.qty),
    description: descriptionProblem(values.description),
  };
  const field = (name: keyof Securities) => ({
    value: values[name],
    problem: problems[name],
    isChecked,
    onChange: (value: string) => change({ ...values, [name]: name === 'description' ? value : value.trim() }),
  });
  if (outcome?.kind === 'done') return <CreatedJournal created={outcome.success} onNext={submission.startOver} />;
  return (
    <form
      className="card stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (Object.values(problems).every((problem) => problem === null)) submission.submit();
      }}
    >
      <fieldset disabled={isLocked} className="formGrid">
        <TextField label="From account" list={knownAccountsId} {...field('fromAccount')} />
        <TextField label="To account" list={knownAccountsId} {...field('toAccount')} />
        <TextField label="Symbol" {...field('symbol')} />
        <TextField
          label="Quantity"
          inputMode="decimal"
          className="money"
          hint="Up to 9 decimal places"
          {...field('qty')}
        />
        <TextField label="Description" isOptional className="wide" {...field('description')} />
      </fieldset>
      <SubmissionState submission={submission} sendLabel="Move securities" blocked={null} />
    </form>
  );
}

async function send(client: Client, values: Securities, key: string): Promise<Outcome<Created>> {
  const { description, ...required } = values;
  const input = { jnls: { ...required, ...given({ description }) } };
  const { data, error } = await client.mutation(createJournal, { input, key });
  const result = data?.result;
  if (!result) return failureOfError(error);
  if (result.__typename !== 'CreateJournalSuccess') return failureOf(result);
  return { kind: 'done', success: { journals: [result.journal], replayed: result.replayed } };
}
