import { Switch } from '@base-ui/react/switch';
import { useCallback, useEffect, useState } from 'react';

import { Moment } from '../format/Moment.tsx';
import { messageOf } from '../format/messageOf.ts';
import { useServices } from '../Services.ts';
import { control, faultNames, faults } from './controls.ts';
import type { FaultName } from './controls.ts';

/** Moves the sandbox's clock and switches its faults on and off, so that users can watch how the gateway reacts. */
export function SandboxPage() {
  const { credential, isSandbox } = useServices();
  const [now, setNow] = useState<string | null>(null);
  const [message, setMessage] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const send = useCallback(
    async (method: string, name: string, body?: object) => {
      setBusy(true);
      try {
        const answer = await control(credential, method, name, body);
        if (typeof answer === 'object' && answer !== null && 'now' in answer) setNow(String(answer.now));
        setError(null);
        return answer;
      } catch (failure) {
        setError(messageOf(failure));
        return null;
      } finally {
        setBusy(false);
      }
    },
    [credential],
  );
  useEffect(() => {
    if (isSandbox) void send('GET', 'clock');
  }, [isSandbox, send]);
  if (!isSandbox) {
    return (
      <div className="page">
        <h1>Sandbox</h1>
        <p>This gateway is connected to the real API, so there is no sandbox to control.</p>
      </div>
    );
  }
  const act = (done: string, name: string, body: object) =>
    void send('POST', name, body).then((answer) => answer !== null && setMessage(done));
  return (
    <div className="page narrow">
      <h1>Sandbox</h1>
      <p className="faint">No real money moves here. Everything is deleted when the gateway stops.</p>
      {error !== null && (
        <p role="alert" className="notice refused">
          {error}
        </p>
      )}
      <section className="card stack">
        <h2>Clock</h2>
        {now === null ? (
          <p className="faint">Reading the time…</p>
        ) : (
          <p>
            It is <Moment at={now} /> in the sandbox.
          </p>
        )}
        <div className="actions">
          <button
            type="button"
            disabled={isBusy}
            onClick={() => act('One hour has passed.', 'clock', { advanceMs: 3_600_000 })}
          >
            Advance one hour
          </button>
          <button
            type="button"
            disabled={isBusy}
            onClick={() => act('One day has passed.', 'clock', { advanceMs: 86_400_000 })}
          >
            Advance one day
          </button>
          <button
            type="button"
            disabled={isBusy}
            onClick={() => act('The day has ended: pending journals are settled.', 'end-of-day', {})}
          >
            End the day
          </button>
        </div>
        <p className="faint">Pending journals are settled at the end of the day.</p>
      </section>
      <Faults send={send} />
      <section className="card stack">
        <h2>Event streams</h2>
        <div className="actions">
          <button
            type="button"
            disabled={isBusy}
            onClick={() => act('The stream was cut; the gateway resumes it.', 'streams', { kind: 'cut' })}
          >
            Cut the gateway’s event stream
          </button>
        </div>
        <p className="faint">The gateway reopens it and delivers the events it has missed, once and in order.</p>
      </section>
      <p role="status">{message}</p>
    </div>
  );
}

interface FaultsProps {
  send: (method: string, name: string, body?: object) => Promise<unknown>;
}

function Faults({ send }: FaultsProps) {
  const [active, setActive] = useState<ReadonlySet<FaultName>>(new Set());
  useEffect(() => {
    void send('GET', 'faults').then((answer) => setActive(activeOf(answer)));
  }, [send]);
  const toggle = (name: FaultName, isOn: boolean) => {
    const wanted = faultNames.filter((one) => (one === name ? isOn : active.has(one)));
    const body = { seed: 1, faults: wanted.map((one) => faults[one].fault) };
    void send('PUT', 'faults', body).then((answer) => answer !== null && setActive(activeOf(answer)));
  };
  return (
    <section className="card stack">
      <h2>Faults of the API</h2>
      {faultNames.map((name) => (
        <div key={name} className="switchRow">
          <label>
            <Switch.Root
              className="switch"
              checked={active.has(name)}
              onCheckedChange={(isOn) => toggle(name, isOn)}
              aria-describedby={`about-${name}`}
            >
              <Switch.Thumb className="switchThumb" />
            </Switch.Root>
            {faults[name].label}
          </label>
          <p className="faint" id={`about-${name}`}>
            {faults[name].about}
          </p>
        </div>
      ))}
    </section>
  );
}

/** Returns the page's faults that are in the sandbox's list, recognized by their kind. */
function activeOf(answer: unknown): Set<FaultName> {
  const listed = typeof answer === 'object' && answer !== null && 'faults' in answer ? answer.faults : [];
  const kinds = new Set((Array.isArray(listed) ? (listed as { kind?: string }[]) : []).map(({ kind }) => kind));
  return new Set(faultNames.filter((name) => kinds.has(faults[name].fault.kind)));
}
