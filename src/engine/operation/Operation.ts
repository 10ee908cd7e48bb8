import type { CancelSignal } from '../../concurrency/Cancellation.ts';
import type { OperationFacts } from '../../context.ts';
import { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';
import type { Variables } from '../../plan/compileVariables.ts';
import type { WrittenResult } from '../../plan/Execution.ts';
import type { Session } from '../../auth/Session.ts';

import type { Answer, Results } from '../answers/Answer.ts';
import type { WaitingOperations } from '../limits/WaitingOperations.ts';
import { Lifetime } from './Lifetime.ts';
import type { Refusal } from '../answers/Refusal.ts';
import type { OperationWatch } from '../observe/OperationObserver.ts';
import type { OperationRequest } from './OperationRequest.ts';
import type { DocumentPlan } from '../plans/DocumentPlan.ts';
import type { OperationPlan } from '../plans/OperationPlan.ts';

/** The parameters of a request, once their types have been checked. */
export interface Parameters {
  query?: string | null;
  documentId?: unknown;
  operationName?: string | null;
  variables?: Variables['raw'] | null;
  extensions?: Record<string, unknown> | null;
}

/** One operation on its way through the steps of the engine. Each step sets what the later ones use. */
export class Operation implements OperationFacts {
  readonly request: OperationRequest;
  readonly begunAt = performance.now();
  readonly lifetime: Lifetime;
  /** Null before the step `beginObserving`. An operation that is refused before that step is not reported. */
  watches: readonly OperationWatch[] | null = null;
  parameters: Parameters = {};
  text = '';
  document!: DocumentPlan;
  plan!: OperationPlan;
  variables!: Variables;
  /** True once the document is known to be valid. */
  isValid = false;
  context: OperationFacts | null = null;
  /** Counts the operation while it is paused; set together with `context`. */
  waiting: WaitingOperations | null = null;
  /** Whether the operation counts towards the concurrency limit of its principal. */
  isConcurrent = false;
  /** Whether the step `countRunning` holds the operation in `RunningOperations`. */
  isRunning = false;
  waits = 0;
  /** Why the operation was refused, or the error outside of its fields with which it failed; null without either. */
  refusal: Refusal | null = null;
  result: WrittenResult | Results | null = null;
  answer: Answer | Results | null = null;
  #progress: SubscriptionProgress | null = null;

  constructor(request: OperationRequest, deadlineMs: number) {
    this.request = request;
    this.lifetime = new Lifetime(request.client, deadlineMs);
  }

  get isRefused(): boolean {
    return this.refusal !== null;
  }

  get session(): Session {
    return this.request.session;
  }

  get signal(): CancelSignal {
    return this.lifetime.signal;
  }

  get lastEventId(): string | null {
    return this.request.lastEventId;
  }

  get onlyWaits(): boolean {
    return this.plan.onlyWaits;
  }

  beginWait(end: () => void): void {
    this.waiting?.begin(this, end);
  }

  endWait(end: () => void): void {
    this.waiting?.end(this, end);
  }

  get progress(): SubscriptionProgress {
    this.#progress ??= new SubscriptionProgress();
    return this.#progress;
  }
}
