import { type Answer, notFound, refused } from '../exchange/Answer.ts';
import type { Exchange } from '../exchange/Exchange.ts';
import { Refusal } from '../domain/Refusal.ts';
import type { Settings } from '../domain/SandboxOptions.ts';

/** A control: takes the body and, where its path has one, the id. */
export type Control = (body: string, id: string) => Answer | Promise<Answer>;

const loopback = /^(?:127\.|::1$|::ffff:127\.)/;

/** Everything under `/sandbox`: for tests, without credentials, from this machine only unless told otherwise. */
export class ControlRoutes {
  readonly #controls: Readonly<Record<string, Control>>;
  readonly #access: Settings['control'];

  /** @param controls by method and path, `{id}` standing for an id: `POST /sandbox/journals/{id}/status` */
  constructor(controls: Readonly<Record<string, Control>>, access: Settings['control']) {
    this.#controls = controls;
    this.#access = access;
  }

  async handle(exchange: Exchange): Promise<void> {
    await exchange.send(await this.#answer(exchange));
  }

  async #answer(exchange: Exchange): Promise<Answer> {
    if (this.#access === 'loopback' && !loopback.test(exchange.request.socket.remoteAddress ?? '')) {
      return refused(new Refusal(403, 'the controls answer to this machine only'));
    }
    const [id = ''] = /[0-9a-f]{8}-[0-9a-f-]{27}/i.exec(exchange.path) ?? [];
    const path = id === '' ? exchange.path : exchange.path.replace(id, '{id}');
    const control = this.#controls[`${exchange.request.method ?? ''} ${path}`];
    if (!control) return notFound();
    try {
      return await control((await exchange.body()) ?? '', id.toLowerCase());
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  }
}
