import type { Log } from '../../log.ts';

import type { OperationObserver } from './OperationObserver.ts';

/** Writes one line per operation: mutations and subscriptions at `info`, the more frequent queries at `debug`. */
export function operationLog(log: Log): OperationObserver {
  return {
    began: ({ requestId }) => ({
      ended: ({ kind, ms, ...end }) => {
        const level = kind === 'mutation' || kind === 'subscription' ? 'info' : 'debug';
        log[level]({ requestId, kind, ...end, ms: Math.round(ms * 10) / 10 }, 'operation');
      },
    }),
  };
}
