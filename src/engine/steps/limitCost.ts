import { limitExceeded } from '../../errors/limitErrors.ts';

import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

export function limitCost({ plan, variables }: Operation, { limits: { maxCost } }: EngineParts): void {
  const cost = plan.cost(variables);
  if (cost <= maxCost) return;
  const message = `the operation may cost ${cost}, and the limit is ${maxCost}: request shorter lists or fewer fields`;
  throw limitExceeded({ code: 'COST_LIMIT_EXCEEDED', message, found: cost, limit: maxCost });
}
