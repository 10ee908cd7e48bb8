import { type Answer, notFound } from '../api/Answer.ts';
import type { Exchange } from '../exchange/Exchange.ts';
import { Refusal } from '../api/Refusal.ts';
import type { Settings } from '../setup/SandboxOptions.ts';

/** Handles a request to a control. `id` is the id in the path, or `''`. */
export type Control = (body: string, id: string) => Answer | Promise<Answer>;

const loopback = /^(?:127\.|::1$|::ffff:127\.)/;

/** Routes requests to the controls under `/sandbox`. These need no credentials and by default accept loopback only. */
export class ControlRoutes {
  readonly #controls: Readonly<Record<string, Control>>;
  readonly #access: Settings['control'];

  /** @param controls by method and path, such as `POST /sandbox/journals/{id}/status` */
  constructor(controls: Readonly<Record<string, Control>>, access: Settings['control']) {
    this.#controls = controls;
    this.#access = access;
  }

  /** @throws Refusal */
  async handle(exchange: Exchange): Promise<void> {
    await exchange.send(await this.#answer(exchange));
  }

  async #answer(exchange: Exchange): Promise<Answer> {
    if (this.#access === 'loopback' && !loopback.test(exchange.request.socket.remoteAddress ?? '')) {
      throw new Refusal(403, 'controls are available on loopback only');
    }
    const [id = ''] = /[0-9a-f]{8}-[0-9a-f-]{27}/i.exec(exchange.path) ?? [];
    const path = id === '' ? exchange.path : exchange.path.replace(id, '{id}');
    const control = this.#controls[`${exchange.request.method ?? ''} ${path}`];
    if (!control) return notFound();
    return control((await exchange.body()) ?? '', id.toLowerCase());
  }
}
