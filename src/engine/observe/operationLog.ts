import type { Log } from '../../log.ts';

import type { OperationObserver } from './OperationObserver.ts';

/** Writes one line per operation: mutations and subscriptions at `info`, the more frequent queries at `debug`. */
export function operationLog(log: Log): OperationObserver {
  return {
    ended: (operation) => {
      const level = operation.kind === 'mutation' || operation.kind === 'subscription' ? 'info' : 'debug';
      if (!log.isLevelEnabled(level)) return;
      const { ms, ...end } = operation;
      log[level]({ ...end, ms: Math.round(ms * 10) / 10 }, 'operation');
    },
  };
}
