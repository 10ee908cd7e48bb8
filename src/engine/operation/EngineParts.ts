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
  /** By default, each process counts alone. */
  principalLimits?: PrincipalLimits;
  open: OpenSockets;
  documents: TrustedDocuments;
  /** In front of a sandbox, all principals may read the schema, and errors suggest its names. */
  isSandbox: boolean;
}

/** The parts of the engine that the steps use. */
export interface EngineParts extends EngineOptions {
  observers: readonly OperationObserver[];
  plans: Plans;
  principalLimits: PrincipalLimits;
  waiting: WaitingOperations;
  executions: SharedExecutions;
}
