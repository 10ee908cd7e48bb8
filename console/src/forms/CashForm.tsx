import { useState } from 'react';
import type { Client } from '@urql/core';

import { createJournal } from '../graphql/mutations.ts';
import { useServices } from '../Services.ts';
import { CreatedJournal } from './CreatedJournal.tsx';
import type { Created } from './CreatedJournal.tsx';
import { given } from './given.ts';
import { knownAccountsId } from './KnownAccounts.tsx';
import { failureOf, failureOfError } from './Outcome.ts';
import type { Outcome } from './Outcome.ts';
import { accountProblem, amountProblem, descriptionProblem } from './rules.ts';
import { SubmissionState } from './SubmissionState.tsx';
import { TextField } from './TextField.tsx';
import { noTransmitter, transmitterFields, transmitterNames } from './transmitter.ts';
import type { Transmitter } from './transmitter.ts';
import { useSubmission } from './useSubmission.ts';

interface Cash extends Transmitter {
  fromAccount: string;
  toAccount: string;
  amount: string;
  currency: string;
  description: string;
}

const empty: Cash = { fromAccount: '', toAccount: '', amount: '', currency: '', description: '', ...noTransmitter };

export function CashForm() {
  const { client } = useServices();
  const submission = useSubmission<Cash, Created>('cash', empty, (values, key) => send(client, values, key));
  const { values, change, outcome, isLocked } = submission;
  const [isChecked, setChecked] = useState(false);
  const problems = problemsOf(values);
  const isValid = Object.values(problems).every((problem) => problem === null);
  const field = (name: keyof Cash) => ({
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
        if (isValid) submission.submit();
      }}
    >
      <fieldset disabled={isLocked} className="formGrid">
        <TextField label="From account" list={knownAccountsId} {...field('fromAccount')} />
        <TextField label="To account" list={knownAccountsId} {...field('toAccount')} />
        <TextField label="Amount" inputMode="decimal" className="money" {...field('amount')} />
        <TextField label="Currency" isOptional hint="The firm’s own if empty" {...field('currency')} />
        <TextField label="Description" isOptional className="wide" {...field('description')} />
        <details className="wide" open={transmitterNames.some((name) => values[name] !== '') || undefined}>
          <summary>Travel Rule: who orders the transmittal</summary>
          <div className="formGrid">
            {transmitterNames.map((name) => (
              <TextField
                key={name}
                label={transmitterFields[name].label}
                isOptional
                {...field(name)}
                onChange={(value) => change({ ...values, [name]: value })}
              />
            ))}
          </div>
        </details>
      </fieldset>
      <SubmissionState submission={submission} sendLabel="Move cash" blocked={null} />
    </form>
  );
}

function problemsOf(values: Cash): Record<keyof Cash, string | null> {
  const [name, number, address, institution, timestamp] = transmitterNames.map((field) =>
    transmitterFields[field].problemOf(values[field]),
  );
  return {
    fromAccount: accountProblem(values.fromAccount),
    toAccount: accountProblem(values.toAccount),
    amount: amountProblem(values.amount),
    currency: null,
    description: descriptionProblem(values.description),
    transmitterName: name ?? null,
    transmitterAccountNumber: number ?? null,
    transmitterAddress: address ?? null,
    transmitterFinancialInstitution: institution ?? null,
    transmitterTimestamp: timestamp ?? null,
  };
}

async function send(client: Client, values: Cash, key: string): Promise<Outcome<Created>> {
  const { fromAccount, toAccount, amount, ...optional } = values;
  const input = { jnlc: { fromAccount, toAccount, amount, ...given(optional) } };
  const { data, error } = await client.mutation(createJournal, { input, key });
  const result = data?.result;
  if (!result) return failureOfError(error);
  if (result.__typename !== 'CreateJournalSuccess') return failureOf(result);
  return { kind: 'done', success: { journals: [result.journal], replayed: result.replayed } };
}
