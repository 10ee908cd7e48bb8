import { customer, sweep } from '../../kit/accounts.ts';
import { closeLater } from '../../kit/closeLater.ts';
import { SandboxClient, startCommand } from '../../sandbox/kit/startSandbox.ts';

import type { Shown } from './Screen.ts';

/** An event as the API itself published it. */
export type PublishedEvent = Pick<Shown, 'id' | 'journalId' | 'statusTo'>;

/** The number of events of a journal that is executed while it is created. */
export const eventsPerJournal = 3;

/** A sandbox in its own process that a run controls and reads. */
export class LiveSandbox {
  readonly sandbox: SandboxClient;
  /** The environment variables of a gateway in front of it. */
  readonly environment: Record<string, string>;

  constructor(sandboxUrl: string) {
    this.sandbox = new SandboxClient(sandboxUrl);
    closeLater(() => this.sandbox.close());
    this.environment = {
      APCA_BROKER_BASE_URL: sandboxUrl,
      APCA_BROKER_KEY_ID: 'key',
      APCA_BROKER_SECRET_KEY: 'secret',
    };
  }

  /** @returns the URL of the sandbox, which ends with the test */
  static async startProcess(): Promise<string> {
    const { url } = await startCommand(['--settle-delay', '0', '--heartbeat', '500']);
    return url;
  }

  /** Creates journals in one batch, directly at the API. */
  async createJournals(count: number): Promise<void> {
    const entries = Array.from({ length: count }, () => ({ to_account: customer, amount: '0.01' }));
    const batch = { entry_type: 'JNLC', from_account: sweep, entries };
    const { status, text } = await this.sandbox.post('/v1/journals/batch', batch);
    if (status !== 200) throw new Error(`${status} ${text}`);
  }

  /** Returns all events in order, from the API itself. */
  async publishedEvents(): Promise<PublishedEvent[]> {
    // Uses the clock that dates the events: the clock of this process has only milliseconds and may be behind.
    const { body } = await this.sandbox.get<{ now: string }>('/sandbox/clock');
    const { text } = await this.sandbox.get(`/v2/events/journals/status?since=2020-01-01&until=${body.now}`);
    const lines = text.split('\n').filter((line) => line.startsWith('data: '));
    return lines.map((line) => {
      const event = JSON.parse(line.slice(6)) as { event_id: string; journal_id: string; status_to: string };
      return { id: event.event_id, journalId: event.journal_id, statusTo: event.status_to.toUpperCase() };
    });
  }

  /** Returns the number of the sandbox's event streams: open now, open at once at most, and opened in total. */
  async streams(): Promise<{ open: number; mostOpen: number; opened: number }> {
    const { body } = await this.sandbox.get<{ streams: { open: number; mostOpen: number; opened: number } }>(
      '/sandbox/stats',
    );
    return body.streams;
  }

  /** Returns how often the sandbox's faults of this kind have occurred. */
  async fired(kind: string): Promise<number> {
    const { body } = await this.sandbox.get<{ faults: { kind: string; fired: number }[] }>('/sandbox/faults');
    return body.faults.reduce((sum, fault) => sum + (fault.kind === kind ? fault.fired : 0), 0);
  }
}
