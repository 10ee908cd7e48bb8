import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';

import { Session } from '../../src/auth/Session.ts';
import { anyone } from '../../src/auth/principal.ts';
import { IdempotencyKeys } from '../../src/auth/IdempotencyKeys.ts';
import { OperationContext } from '../../src/context.ts';
import { Answer } from '../../src/engine/answers/Answer.ts';
import { TrustedDocuments } from '../../src/engine/documents/TrustedDocuments.ts';
import { Engine } from '../../src/engine/Engine.ts';
import { OpenSockets } from '../../src/engine/limits/OpenSockets.ts';
import { RunningOperations } from '../../src/engine/limits/RunningOperations.ts';
import type { Client } from '../../src/engine/operation/OperationRequest.ts';
import { JournalWaits } from '../../src/events/waiting/JournalWaits.ts';
import { StatusEvents } from '../../src/events/StatusEvents.ts';
import { EventJournals } from '../../src/loaders/EventJournals.ts';
import { JournalSidesCache } from '../../src/loaders/JournalSidesCache.ts';
import { createLog } from '../../src/log.ts';
import { SharedReads } from '../../src/loaders/SharedReads.ts';
import { DailyCaps } from '../../src/outcomes/DailyCaps.ts';
import { KeyUses } from '../../src/outcomes/KeyUses.ts';
import { FileOutcomeStore } from '../../src/outcomes/FileOutcomeStore.ts';
import type { ReadEvents } from '../../src/outcomes/JournalSearch.ts';
import { ReverseBatches } from '../../src/outcomes/ReverseBatches.ts';
import { schema } from '../../src/schema/schema.ts';
import { ApiClock } from '../../src/upstream/transport/ApiClock.ts';
import { basicCredentials } from '../../src/upstream/transport/credentials.ts';
import { JournalsClient } from '../../src/upstream/journals/JournalsClient.ts';
import { StatusEventsClient } from '../../src/upstream/events/StatusEventsClient.ts';
import { UpstreamConnection } from '../../src/upstream/transport/UpstreamConnection.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { defaultLimits } from '../kit/minimalConfig.ts';
import { closeLater } from '../kit/closeLater.ts';
import { apiSecret } from '../kit/planted.ts';
import { watchLine } from '../kit/watchedLog.ts';
import { journalId } from '../kit/wireJournals.ts';

/** A client with a bug: it throws something that no caller expects. */
class BuggyJournalsClient extends JournalsClient {
  readonly #thrown: unknown;

  constructor(connection: UpstreamConnection, thrown: unknown) {
    super(connection);
    this.#thrown = thrown;
  }

  override async get(): Promise<never> {
    throw this.#thrown;
  }

  override async create(): Promise<never> {
    throw this.#thrown;
  }
}

interface LogLine {
  correlationId?: string;
  err?: { message?: string; stack?: string };
}

const client: Client = {
  runningKey: { holds: 0, isSuspended: false },
  isGone: false,
  whenGone: () => undefined,
  removeListener: () => undefined,
  mayWrite: true,
  acceptsEvents: false,
  takesPlace: false,
  sink: () => {
    throw new TypeError('there are no subscriptions');
  },
};

/** Creates an engine with that client, and collects its log. */
async function start(thrown: unknown) {
  const lines: LogLine[] = [];
  const log = createLog('error', {
    write: (line) => {
      watchLine(line);
      lines.push(JSON.parse(line) as LogLine);
    },
  });
  const baseUrl = 'http://127.0.0.1:9';
  const credentials = basicCredentials('sandbox', apiSecret);
  const connection = new UpstreamConnection({ baseUrl, credentials, log });
  const eventsClient = new StatusEventsClient({ baseUrl, credentials, version: 'v2' });
  closeLater(() => Promise.all([connection.close(), eventsClient.close()]));
  const journals = new BuggyJournalsClient(connection, thrown);
  const journalSides = new JournalSidesCache(journals);
  const clock = new ApiClock();
  const statusEvents = new StatusEvents(eventsClient, clock, log);
  const readEvents: ReadEvents = (range, signal) => statusEvents.eventsSince(range, signal);
  const store = new FileOutcomeStore();
  const shared = {
    clock,
    journals,
    sharedReads: new SharedReads(journals, () => statusEvents.mark),
    journalSides,
    eventJournals: new EventJournals(journals, journalSides),
    keyUses: new KeyUses(clock),
    reverseBatches: new ReverseBatches({ client: journals, store, clock, readEvents, log }),
    dailyCaps: new DailyCaps({ ledger: store.spending, clock, log }),
    idempotencyKeys: new IdempotencyKeys(),
    statusEvents,
    journalWaits: new JournalWaits({ events: statusEvents, read: () => journals.get(), log }),
    firmCurrency: 'USD',
  };
  const engine = new Engine({
    schema,
    createContext: (facts) => new OperationContext(shared, facts),
    log,
    running: new RunningOperations(),
    limits: defaultLimits,
    open: new OpenSockets(1),
    documents: new TrustedDocuments(),
    isSandbox: false,
  });
  const ask = async (query: string) => {
    const session = new Session({ principal: anyone, canEnd: false });
    const trace = { traceparent: undefined, tracestate: undefined, lastEventId: null };
    const answer = await engine.run({ parameters: { query }, session, requestId: '1', ...trace, client });
    return answer instanceof Answer ? answer.text : '';
  };
  return { ask, lines };
}

interface Read {
  data: unknown;
  errors: { message: string; path: unknown; extensions: { code: string; correlationId: string } }[];
}

const reads = `{ journal(id: "${journalId}") { id } account(id: "${sweep}") { id } }`;

describe('an unexpected error', () => {
  it('is masked, and logged with its stack under the correlation id that the client gets', async () => {
    const { ask, lines } = await start(new TypeError("can't read 'secret' of undefined"));

    const text = await ask(reads);

    const { data, errors } = JSON.parse(text) as Read;
    expect(data).toEqual({ journal: null, account: { id: sweep } });
    expect(errors).toMatchObject([
      { message: 'Unexpected error.', path: ['journal'], extensions: { code: 'INTERNAL' } },
    ]);
    expect(text).not.toMatch(/secret|TypeError|\.ts/);
    expect(errors[0]?.extensions.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines).toMatchObject([
      { correlationId: errors[0]?.extensions.correlationId, err: { message: "can't read 'secret' of undefined" } },
    ]);
    expect(lines[0]?.err?.stack).toContain('publicError.test.ts');
  });

  it.each([['a string'], [undefined], [{ message: 'an object', code: 'NOT_OURS' }]])(
    'is masked when it is not an Error: %j',
    async (thrown) => {
      const { ask } = await start(thrown);

      const { errors } = JSON.parse(await ask(reads)) as Read;

      expect(errors).toMatchObject([{ message: 'Unexpected error.', extensions: { code: 'INTERNAL' } }]);
    },
  );

  it('is masked when graphql throws it during execution', async () => {
    const { ask, lines } = await start(new GraphQLError('Abstract type "Journal" was resolved to a type "secret"'));

    const text = await ask(reads);

    expect((JSON.parse(text) as Answer).errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
    expect(text).not.toContain('secret');
    expect(lines).toHaveLength(1);
  });

  it('of one mutation does not affect the others of its document, and each has its own correlation id', async () => {
    const { ask, lines } = await start(new Error('secret'));
    const jnlc = `{ fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" }`;

    const { data, errors } = JSON.parse(
      await ask(`mutation {
        first: createJournal(input: { jnlc: ${jnlc} }) { __typename }
        refused: deleteJournal(id: "x") { __typename }
        last: createJournal(input: { jnlc: ${jnlc} }) { __typename } }`),
    ) as Read;

    expect(data).toEqual({ first: null, refused: { __typename: 'InvalidRequestError' }, last: null });
    expect(errors.map(({ path }) => path)).toEqual([['first'], ['last']]);
    const correlationIds = errors.map(({ extensions }) => extensions.correlationId);
    expect(new Set(correlationIds).size).toBe(2);
    expect(lines.map(({ correlationId }) => correlationId)).toEqual(correlationIds);
  });
});
