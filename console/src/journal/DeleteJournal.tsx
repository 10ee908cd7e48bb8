import { AlertDialog } from '@base-ui/react/alert-dialog';
import { useState } from 'react';

import { FailureNotice } from '../forms/FailureNotice.tsx';
import { failureOf, failureOfError } from '../forms/Outcome.ts';
import type { Failure } from '../forms/Outcome.ts';
import { Amount, amountOf } from '../format/Amount.tsx';
import { shortId } from '../format/AccountId.tsx';
import type { Journal } from '../graphql/journalFields.ts';
import { deleteJournal } from '../graphql/mutations.ts';
import { useServices } from '../Services.ts';

/** Deletes a pending journal after a confirmation. It is always safe to try a deletion again. */
export function DeleteJournal({ journal, onDeleted }: { journal: Journal; onDeleted: () => void }) {
  const { client } = useServices();
  const [isOpen, setOpen] = useState(false);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const send = async () => {
    setSending(true);
    setFailure(null);
    const { data, error } = await client.mutation(deleteJournal, { id: journal.id });
    setSending(false);
    const result = data?.result;
    if (result?.__typename === 'DeleteJournalSuccess') {
      setOpen(false);
      onDeleted();
    } else setFailure(result ? failureOf(result) : failureOfError(error));
  };
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={setOpen}>
      <AlertDialog.Trigger className="danger">Delete…</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title>Delete this journal?</AlertDialog.Title>
          <AlertDialog.Description>
            <Amount {...amountOf(journal)} /> from {shortId(journal.fromAccount.id)} to {shortId(journal.toAccount.id)}{' '}
            will not be moved. This can’t be undone.
          </AlertDialog.Description>
          {failure && <FailureNotice failure={failure} isSending={isSending} onRetry={() => void send()} />}
          <div className="actions">
            <AlertDialog.Close>Keep it</AlertDialog.Close>
            <button type="button" className="danger solid" disabled={isSending} onClick={() => void send()}>
              {isSending ? 'Deleting…' : 'Delete'}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
