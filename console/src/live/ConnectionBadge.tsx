import { useConnectionState, useServices } from '../Services.ts';
import type { ConnectionState } from './LiveEvents.ts';

const words: Readonly<Record<ConnectionState, { label: string; about: string }>> = {
  connecting: { label: 'Connecting', about: 'The connection is being opened' },
  live: { label: 'Live', about: 'Every change is shown as it happens' },
  catchingUp: { label: 'Catching up', about: 'The changes that were missed are being shown' },
  behind: { label: 'Behind', about: 'There is no connection; what is shown may be old' },
  signedOut: { label: 'Signed out', about: 'The gateway asks for a key or token' },
};

export const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

/** Shows how current the screen is. */
export function ConnectionBadge() {
  const { live } = useServices();
  const state = useConnectionState();
  const { label, about } = words[state];
  const since = state === 'behind' ? live.behindSince : null;
  return (
    <div className="connection">
      <span role="status" className={`live ${state}`} title={about} data-state={state}>
        <span className="dot" aria-hidden="true" />
        {label}
        {since && <span className="sinceText"> since {clock.format(since)}</span>}
      </span>
      {state === 'behind' && (
        <button type="button" className="quiet" onClick={() => live.reconnect()}>
          Connect now
        </button>
      )}
    </div>
  );
}
