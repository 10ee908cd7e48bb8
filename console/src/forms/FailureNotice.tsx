import { useEffect, useState } from 'react';

import type { Failure } from './Outcome.ts';

interface FailureNoticeProps {
  failure: Failure;
  isSending: boolean;
  onRetry: () => void;
  retryLabel?: string;
}

const consequences: Readonly<Record<Failure['kind'], string>> = {
  refused: 'Nothing was moved.',
  notDone: 'Nothing was moved.',
  unknown: 'It may or may not have been carried out.',
};

/** Says in plain words what became of a request, and offers to try again only if that can't move money twice. */
export function FailureNotice({ failure, isSending, onRetry, retryLabel = 'Try again' }: FailureNoticeProps) {
  const { kind, title, message, mayRetry, retryAt, requestId, issues } = failure;
  const waitSeconds = useSecondsUntil(retryAt);
  return (
    <div role="alert" className={`notice ${kind}`}>
      <strong>{title}</strong>
      <p>
        {consequences[kind]}{' '}
        {kind === 'unknown' &&
          (mayRetry
            ? 'Try again to find out: nothing is carried out twice.'
            : 'Trying again can’t find out: someone has to check the accounts.')}
      </p>
      <p className="apiMessage">{message}</p>
      {issues.length > 0 && (
        <ul>
          {issues.map((issue) => (
            <li key={issue}>{issue}</li>
          ))}
        </ul>
      )}
      {requestId !== null && <p className="faint">The API’s request id is {requestId}</p>}
      {mayRetry && (
        <button type="button" disabled={isSending || waitSeconds > 0} onClick={onRetry}>
          {waitSeconds > 0 ? `${retryLabel} in ${waitSeconds} s` : retryLabel}
        </button>
      )}
    </div>
  );
}

function useSecondsUntil(instant: string | null): number {
  const read = () => (instant === null ? 0 : Math.max(0, Math.ceil((Date.parse(instant) - Date.now()) / 1_000)));
  const [seconds, setSeconds] = useState(read);
  useEffect(() => {
    setSeconds(read());
    const timer = setInterval(() => setSeconds(read()), 1_000);
    return () => clearInterval(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `read` depends on the instant alone
  }, [instant]);
  return seconds;
}
