import { useCallback, useEffect, useState } from 'react';

import { newKey } from './newKey.ts';
import { afterUnknown, interrupted } from './Outcome.ts';
import type { Failure, Outcome } from './Outcome.ts';

/** The state of a form, kept in the tab's storage so that a reload loses neither the key nor what was sent with it. */
interface Draft<Values> {
  key: string;
  values: Values;
  /** True from the moment of sending until the outcome arrives. */
  isSent: boolean;
  /** Whether an attempt with this key may have been carried out. */
  mayExist: boolean;
  failure: Failure | null;
}

export interface Submission<Values, Success> {
  values: Values;
  key: string;
  isSending: boolean;
  outcome: Outcome<Success> | null;
  /** Whether the input must not be changed, because it is being carried out, or has been or may have been. */
  isLocked: boolean;
  change: (values: Values) => void;
  /** Sends the values with the key, also to try again. */
  submit: () => void;
  /** Empties the form and creates a new key. */
  startOver: () => void;
}

/** The state of a form whose request is sent with the same idempotency key until its outcome is known. */
export function useSubmission<Values, Success>(
  name: string,
  empty: Values,
  send: (values: Values, key: string) => Promise<Outcome<Success>>,
): Submission<Values, Success> {
  const [draft, setDraft] = useState(() => readDraft(name, empty));
  const [isSending, setSending] = useState(false);
  const [success, setSuccess] = useState<Success | null>(null);
  const keep = useCallback(
    (next: Draft<Values>) => {
      sessionStorage.setItem(`draft:${name}`, JSON.stringify(next));
      setDraft(next);
    },
    [name],
  );

  const submit = () => {
    const { key, values } = draft;
    setSending(true);
    const mayExist = draft.mayExist || draft.isSent;
    keep({ ...draft, isSent: true, mayExist, failure: null });
    void send(values, key).then((outcome) => {
      setSending(false);
      if (outcome.kind === 'done') {
        sessionStorage.removeItem(`draft:${name}`);
        setSuccess(outcome.success);
      } else {
        // After a refusal, nothing was done under the old key. A corrected request is a different request, so it gets a
        // new key.
        const failure = mayExist ? afterUnknown(outcome) : outcome;
        const nextKey = failure.kind === 'refused' ? newKey() : key;
        keep({ key: nextKey, values, isSent: false, mayExist: failure.kind === 'unknown', failure });
      }
    });
  };
  const change = (values: Values) => {
    const key = draft.failure?.kind === 'notDone' ? newKey() : draft.key;
    keep({ ...draft, key, values, failure: draft.failure?.kind === 'refused' ? draft.failure : null });
  };
  const startOver = () => {
    setSuccess(null);
    keep(newDraft(empty));
  };
  useWarningBeforeLeaving(isSending);

  const failure = draft.isSent && !isSending ? interrupted : draft.failure;
  const outcome: Outcome<Success> | null = success === null ? failure : { kind: 'done', success };
  const isLocked = isSending || outcome?.kind === 'unknown' || outcome?.kind === 'done';
  return { values: draft.values, key: draft.key, isSending, outcome, isLocked, change, submit, startOver };
}

function useWarningBeforeLeaving(isSending: boolean): void {
  useEffect(() => {
    if (!isSending) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isSending]);
}

function newDraft<Values>(values: Values): Draft<Values> {
  return { key: newKey(), values, isSent: false, mayExist: false, failure: null };
}

function readDraft<Values>(name: string, empty: Values): Draft<Values> {
  const kept = sessionStorage.getItem(`draft:${name}`);
  return kept === null ? newDraft(empty) : (JSON.parse(kept) as Draft<Values>);
}
