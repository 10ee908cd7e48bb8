import { AlertDialog } from '@base-ui/react/alert-dialog';

import { FailureNotice } from './FailureNotice.tsx';
import type { Submission } from './useSubmission.ts';

interface SubmissionStateProps<Values, Success> {
  submission: Submission<Values, Success>;
  sendLabel: string;
  /** Why the form can't be sent yet; null if it can be sent. */
  blocked: string | null;
}

/** Shows the failure of the last attempt, the idempotency key and the button that sends the form. */
export function SubmissionState<Values, Success>(props: SubmissionStateProps<Values, Success>) {
  const { submission, sendLabel, blocked } = props;
  const { outcome, isSending, key, submit, isLocked } = submission;
  return (
    <div className="stack">
      {outcome && outcome.kind !== 'done' && (
        <FailureNotice
          failure={outcome}
          isSending={isSending}
          onRetry={submit}
          retryLabel="Try again with the same key"
        />
      )}
      <div className="actions spread">
        <p className="faint keyLine">
          Idempotency key <span className="id">{key}</span>
        </p>
        <span className="actions">
          {outcome?.kind === 'unknown' && !isSending && <StartOver onConfirm={submission.startOver} />}
          {(!isLocked || isSending) && (
            <button
              type="submit"
              className="primary"
              disabled={isSending || blocked !== null}
              title={blocked ?? undefined}
            >
              {isSending ? 'Sending…' : sendLabel}
            </button>
          )}
        </span>
      </div>
    </div>
  );
}

/** Asks for confirmation: if the first request was carried out, a request with a new key moves the money again. */
function StartOver({ onConfirm }: { onConfirm: () => void }) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger className="quiet">Give up and start over…</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title>Start over with a new key?</AlertDialog.Title>
          <AlertDialog.Description>
            The request may have been carried out. Sending it again with a new key could move the money twice. Look for
            its journals on the board first.
          </AlertDialog.Description>
          <div className="actions">
            <AlertDialog.Close>Keep the request</AlertDialog.Close>
            <AlertDialog.Close className="danger solid" onClick={onConfirm}>
              Start over
            </AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
