import { useSyncExternalStore } from 'react';

import { useServices } from '../Services.ts';
import { clock } from './ConnectionBadge.tsx';

/** Tells the user that events were lost and that everything was read again instead. */
export function GapNotice() {
  const { live } = useServices();
  const gapAt = useSyncExternalStore(live.subscribe, () => live.gapAt);
  return (
    <div role="status" className="gap">
      {gapAt !== null && (
        <p className="notice notDone titleRow" data-notice="gap">
          <span>
            The connection was lost for so long that the gateway could not send all missed changes. Everything was read
            again at {clock.format(gapAt)} and is current.
          </span>
          <button type="button" className="quiet" onClick={live.dismissGap}>
            Dismiss
          </button>
        </p>
      )}
    </div>
  );
}
