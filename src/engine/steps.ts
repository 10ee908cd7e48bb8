import type { EngineParts } from './operation/EngineParts.ts';
import type { Operation } from './operation/Operation.ts';
import { beginObserving } from './steps/beginObserving.ts';
import { checkDocument } from './steps/checkDocument.ts';
import { checkIntrospection } from './steps/checkIntrospection.ts';
import { checkReader } from './steps/checkReader.ts';
import { checkSession } from './steps/checkSession.ts';
import { checkVariables } from './steps/checkVariables.ts';
import { chooseOperation } from './steps/chooseOperation.ts';
import { countRunning } from './steps/countRunning.ts';
import { createContext } from './steps/createContext.ts';
import { endSubscriptionWithClient } from './steps/endSubscriptionWithClient.ts';
import { execute } from './steps/execute.ts';
import { findDocument } from './steps/findDocument.ts';
import { limitConcurrency } from './steps/limitConcurrency.ts';
import { limitCost } from './steps/limitCost.ts';
import { limitRate } from './steps/limitRate.ts';
import { limitSockets } from './steps/limitSockets.ts';
import { limitSubscriptionSize } from './steps/limitSubscriptionSize.ts';
import { maskErrors } from './steps/maskErrors.ts';
import { parseDocument } from './steps/parseDocument.ts';
import { readParameters } from './steps/readParameters.ts';
import { refuseWhileDraining } from './steps/refuseWhileDraining.ts';
import { releaseHolds } from './steps/releaseHolds.ts';
import { reportOutcome } from './steps/reportOutcome.ts';
import { shedLoad } from './steps/shedLoad.ts';
import { startDeadline } from './steps/startDeadline.ts';

/**
 * The phase of an operation to which a step belongs. On a WebSocket, the response to an operation that is refused in
 * `prepare` is an `error` message; if it is refused in `perform`, the response is a result. `conclude` follows in any
 * case.
 */
export type Phase = 'prepare' | 'perform' | 'conclude';

/** A step of the engine. Its texts are Markdown: the table of steps in docs/architecture.md is generated from them. */
export interface Step {
  /** The function in the file of the same name. Throws to refuse the operation. */
  readonly run: (operation: Operation, parts: EngineParts) => Promise<void> | void;
  readonly phase: Phase;
  readonly does: string;
  /** The names of later steps that must not run before this one. */
  readonly before: readonly string[];
  /** Why this step must run before them; empty if there are none. */
  readonly because: string;
}

/** The steps of every operation, through whichever door it came, in their order. */
export const steps: readonly Step[] = [
  {
    run: readParameters,
    phase: 'prepare',
    does: 'Refuses parameters that GraphQL over HTTP does not define, by name or by type.',
    before: ['findDocument', 'chooseOperation', 'checkVariables'],
    because: 'They read the parameters.',
  },
  {
    run: findDocument,
    phase: 'prepare',
    does: 'Finds the document by its id or text, and refuses untrusted documents if only trusted ones are allowed.',
    before: ['beginObserving', 'limitRate'],
    because: 'After an unknown id, the client sends the text: the two requests count as one operation.',
  },
  {
    run: beginObserving,
    phase: 'prepare',
    does: 'Starts the trace of the operation. Outcomes are reported only for operations that reach this step.',
    before: ['checkSession', 'limitRate', 'parseDocument'],
    because: 'Operations that these steps refuse must be reported, too.',
  },
  {
    run: checkSession,
    phase: 'prepare',
    does: 'Refuses operations of a session that has ended since its credential was checked.',
    before: ['limitRate', 'parseDocument'],
    because: 'An operation without a session must cause no work.',
  },
  {
    run: limitRate,
    phase: 'prepare',
    does: 'Limits the rate of each principal on all of its connections together.',
    before: ['parseDocument'],
    because: 'An operation above the limit must cost next to nothing.',
  },
  {
    run: parseDocument,
    phase: 'prepare',
    does: 'Looks up the plan of the document, or parses the document within the limits on its size.',
    before: ['shedLoad', 'checkIntrospection', 'chooseOperation', 'checkDocument'],
    because: 'They search the document, which must be known to be small.',
  },
  {
    run: shedLoad,
    phase: 'prepare',
    does: 'Refuses operations while too many are running; queries are refused first.',
    before: ['checkIntrospection', 'checkDocument'],
    because: 'An overloaded process does no further work for an operation.',
  },
  {
    run: checkIntrospection,
    phase: 'prepare',
    does: 'Refuses introspection without its scope, except in front of a sandbox.',
    before: ['chooseOperation', 'checkDocument'],
    because: 'Their errors quote names of the document and the schema.',
  },
  {
    run: chooseOperation,
    phase: 'prepare',
    does: 'Chooses the operation of the document by its name, and refuses mutations by GET.',
    before: ['checkReader', 'checkVariables', 'execute'],
    because: 'They work on the operation.',
  },
  {
    run: checkDocument,
    phase: 'prepare',
    does: 'Validates the document, unless its plan was validated before.',
    before: ['checkVariables', 'limitCost', 'execute'],
    because: 'They rely on a valid document.',
  },
  {
    run: refuseWhileDraining,
    phase: 'prepare',
    does: 'Refuses operations during a shutdown.',
    before: ['countRunning'],
    because: 'A shutdown waits for counted operations.',
  },
  {
    run: checkReader,
    phase: 'perform',
    does: 'Refuses a subscription if the client accepts no event stream.',
    before: ['limitSockets', 'execute'],
    because: 'A subscription without a reader must not be opened or counted as an open stream.',
  },
  {
    run: limitConcurrency,
    phase: 'perform',
    does: 'Limits how many queries and mutations of a principal run at once.',
    before: ['countRunning'],
    because: 'An operation above the limit of its principal must not use capacity that all principals share.',
  },
  {
    run: countRunning,
    phase: 'perform',
    does: 'Counts running queries and mutations, which a shutdown waits for.',
    before: ['execute'],
    because: 'No mutation may run uncounted.',
  },
  {
    run: checkVariables,
    phase: 'perform',
    does: 'Refuses invalid variables.',
    before: ['limitCost'],
    because: 'The cost depends on the variables, which must be valid.',
  },
  {
    run: limitCost,
    phase: 'perform',
    does: 'Refuses an operation that may cost too much, given its variables.',
    before: ['startDeadline', 'limitSockets', 'createContext'],
    because: 'A refused operation must not start a timer or count as an open stream.',
  },
  {
    run: startDeadline,
    phase: 'perform',
    does: 'Starts the deadline of queries and mutations.',
    before: ['execute'],
    because: 'The deadline counts from the start of the execution.',
  },
  {
    run: limitSubscriptionSize,
    phase: 'perform',
    does: 'Refuses subscriptions that would take too much memory.',
    before: ['limitSockets', 'execute'],
    because: 'A refused subscription must not be opened or counted as an open stream.',
  },
  {
    run: limitSockets,
    phase: 'perform',
    does: 'Limits the number of open event streams.',
    before: ['execute'],
    because: 'A refused subscription must not be opened.',
  },
  {
    run: createContext,
    phase: 'perform',
    does: 'Creates the context of the resolvers.',
    before: ['execute'],
    because: 'The resolvers use it.',
  },
  {
    run: execute,
    phase: 'perform',
    does: 'Executes the operation; a subscription once per event for all subscribers that get the same result.',
    before: ['endSubscriptionWithClient', 'releaseHolds', 'reportOutcome', 'maskErrors'],
    because: 'They work on its result.',
  },
  {
    run: endSubscriptionWithClient,
    phase: 'perform',
    does: 'Ends a subscription when its client disconnects.',
    before: ['maskErrors'],
    because: 'It must end the source of the results, which `maskErrors` wraps.',
  },
  {
    run: releaseHolds,
    phase: 'conclude',
    does: 'Ends the deadline, and stops counting the operation.',
    before: [],
    because: '',
  },
  {
    run: reportOutcome,
    phase: 'conclude',
    does: 'Reports the outcome of the operation to logs, metrics and traces.',
    before: ['maskErrors'],
    because: 'Request ids of the API are read from errors before redaction.',
  },
  {
    run: maskErrors,
    phase: 'conclude',
    does: 'Removes quotations of the API from errors if the principal may not read them, and masks unexpected errors.',
    before: [],
    because: '',
  },
];

export function stepsOf(wanted: Phase): readonly Step[] {
  return steps.filter(({ phase }) => phase === wanted);
}
