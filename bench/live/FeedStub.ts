import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An Event API whose events are sent by the benchmark. */
export class FeedStub {
  readonly #feeds = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': welcome\n\n');
    if (request.url?.includes('until')) {
      response.end();
      return;
    }
    this.#feeds.add(response);
    response.once('close', () => this.#feeds.delete(response));
  });
  #count = 0;

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Sends one event. Its description is the time of sending, in ms of this process's clock. */
  tell(padding = ''): void {
    const event = {
      at: new Date().toISOString(),
      event_id: `01HCMJK2ZKCPTYXMJY${String((this.#count += 1)).padStart(8, '0')}`,
      entry_type: 'JNLC',
      journal_id: randomUUID(),
      status_from: 'queued',
      status_to: 'sent_to_clearing',
      description: `@${performance.now()}@${padding}`,
    };
    for (const feed of this.#feeds) feed.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  /** Sends this many events at an even rate. */
  async tellMany(count: number, aSecond: number, padding = ''): Promise<void> {
    const begunAt = performance.now();
    for (let told = 0; told < count;) {
      const due = Math.min(count, Math.floor(((performance.now() - begunAt) / 1_000) * aSecond) + 1);
      for (; told < due; told += 1) this.tell(padding);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
