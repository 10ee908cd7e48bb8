import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { WireJournal } from '../../src/upstream/wire/apiBodies.ts';

/** Requests with this id get no response until `release` is called. */
export const heldId = '00000000-0000-4000-8000-000000000000';
export const accounts = {
  from: '8f8c8cee-2591-4f83-be12-82c659b5e748',
  to: 'd7017fd9-60dd-425b-a09a-63ff59368b62',
};

/** A Journals API that returns prepared JSON, so that the gateway dominates the measurement. Its feed has no events. */
export class JournalsStub {
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #held: ServerResponse[] = [];
  /** The delay of each response, in ms. */
  latencyMs = 0;
  /** The number of reads of a single journal so far. */
  reads = 0;
  #list = listOf(100);
  #journal = journalTexts('executed');

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The number of journals in a list. */
  set listSize(size: number) {
    this.#list = listOf(size);
  }

  /** The status of a journal that is read by id. */
  set status(status: string) {
    this.#journal = journalTexts(status);
  }

  /** Responds to the held requests. */
  release(): void {
    for (const response of this.#held.splice(0)) sendJson(response, aJournal);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.latencyMs === 0) this.#answerNow(request, response);
    else setTimeout(() => this.#answerNow(request, response), this.latencyMs);
  }

  #answerNow(request: IncomingMessage, response: ServerResponse): void {
    const { url = '', method } = request;
    if (url.includes('/events/')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': welcome\n\n');
      if (url.includes('until')) response.end();
      return;
    }
    if (method === 'POST') {
      request.once('data', (body: Buffer) => this.#answerAbout(body.toString(), response, aJournal));
      return;
    }
    request.resume();
    if (url.startsWith('/v1/journals/')) {
      this.reads += 1;
      this.#answerAbout(url, response, this.#journal.join(url.slice(-36)));
    } else sendJson(response, this.#list);
  }

  #answerAbout(asked: string, response: ServerResponse, text: string): void {
    if (asked.includes(heldId)) this.#held.push(response);
    else sendJson(response, text);
  }
}

function sendJson(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
}

/** Returns a journal in the API's format: cash for even indices, securities for odd ones. */
function wireJournal(index: number, status = 'executed'): WireJournal {
  const isCash = index % 2 === 0;
  return {
    id: `6d2cba43-cb57-4534-9603-${String(index).padStart(12, '0')}`,
    entry_type: isCash ? 'JNLC' : 'JNLS',
    from_account: accounts.from,
    to_account: accounts.to,
    symbol: isCash ? null : 'AAPL',
    qty: isCash ? null : '2',
    price: isCash ? null : '128.23',
    net_amount: isCash ? '10.25' : null,
    status,
    settle_date: '2026-03-04',
    system_date: '2026-03-04',
    description: 'monthly sweep',
    currency: 'USD',
    created_at: '2026-03-04T14:30:00Z',
    transmitter_name: null,
    transmitter_account_number: null,
    transmitter_address: null,
    transmitter_financial_institution: null,
    transmitter_timestamp: null,
  };
}

function listOf(size: number): string {
  return JSON.stringify(Array.from({ length: size }, (_, index) => wireJournal(index)));
}

const aJournal = JSON.stringify(wireJournal(0));

/** Returns the JSON text of a journal in two parts, before and after its id. */
function journalTexts(status: string): string[] {
  const journal = wireJournal(0, status);
  return JSON.stringify(journal).split(journal.id);
}
