import type { Plugin } from 'graphql-yoga';

import { limitExceeded } from '../../../errors/limitErrors.ts';

import { operationCost } from '../../limits/operationCost.ts';
import { useOperationCheck } from './useOperationCheck.ts';

/** Refuses an operation whose highest cost with its variables is above the limit. */
export function useCostLimit(maxCost: number): Plugin {
  return useOperationCheck((args) => {
    const cost = operationCost(args);
    if (cost <= maxCost) return [];
    const message = `the operation costs up to ${cost}, at most ${maxCost} is allowed: request shorter lists or fewer fields`;
    return [limitExceeded({ code: 'COST_LIMIT_EXCEEDED', message, found: cost, limit: maxCost })];
  });
}
