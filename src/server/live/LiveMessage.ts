import type { ExecutionResult } from 'graphql';

import { errorWithoutHttp } from '../errors/copyError.ts';

/** One result as it goes over the wire, written once for everybody who gets it. */
export class LiveMessage {
  /**
   * JSON in UTF-8, a character per byte ("latin1"): frames are put together from such strings, which takes no copy until
   * the socket wants one.
   */
  readonly payload: string;
  readonly #cursor: string | null;

  /** @param cursor of the event that it shows; null where there is none */
  constructor({ errors, ...rest }: ExecutionResult, cursor: string | null = null) {
    this.#cursor = cursor;
    const result = errors ? { ...rest, errors: errors.map((error) => errorWithoutHttp(error).toJSON()) } : rest;
    this.payload = Buffer.from(JSON.stringify(result), 'utf8').toString('latin1');
  }

  /** As an event of an event stream, in the same form: its id is where a client goes on. */
  get block(): string {
    const id = this.#cursor === null ? '' : `id: ${this.#cursor}\n`;
    return `${id}event: next\ndata: ${this.payload}\n\n`;
  }
}
