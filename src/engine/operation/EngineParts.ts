import type { GraphQLSchema } from 'graphql';

import type { Limits } from '../../config/limits.ts';
import type { OperationFacts } from '../../context.ts';
import type { Log } from '../../log.ts';

import type { TrustedDocuments } from '../documents/TrustedDocuments.ts';
import type { OpenSockets } from '../limits/OpenSockets.ts';
import type { PrincipalLimits } from '../limits/PrincipalLimits.ts';
import type { RunningOperations } from '../limits/RunningOperations.ts';
import type { WaitingOperations } from '../limits/WaitingOperations.ts';
import type { SharedExecutions } from '../live/SharedExecutions.ts';
import type { OperationObserver } from '../observe/OperationObserver.ts';
import type { Plans } from '../plans/Plans.ts';

export interface EngineOptions {
  schema: GraphQLSchema;
  /** Adds what the resolvers need to the facts of an operation. */
  createContext: (facts: OperationFacts) => OperationFacts;
  log: Log;
  running: RunningOperations;
  observers?: readonly OperationObserver[];
  limits: Limits;
  /** Default: limits of this process alone. */
  principalLimits?: PrincipalLimits;
  open: OpenSockets;
  documents: TrustedDocuments;
  /** In front of a sandbox everybody may read the schema, and errors suggest its names. */
  isSandbox: boolean;
}

/** What the steps work with. */
export interface EngineParts extends EngineOptions {
  observers: readonly OperationObserver[];
  plans: Plans;
  principalLimits: PrincipalLimits;
  waiting: WaitingOperations;
  executions: SharedExecutions;
}
