import type { Log } from '../../log.ts';

import type { OperationObserver } from './OperationObserver.ts';

/** One line for each operation. What moves money or stays open is told at `info`; queries, of which there are many, at `debug`. */
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
