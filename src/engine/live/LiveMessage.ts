import type { ExecutionResult } from 'graphql';

import { errorJson } from '../errors/copyError.ts';

/** One result, serialised once for all its subscribers. */
export class LiveMessage {
  /**
   * JSON in UTF-8, one character per byte ("latin1"). V8 concatenates such strings without a copy until the socket
   * needs the bytes.
   */
  readonly payload: string;
  readonly #cursor: string | null;

  /**
   * @param text JSON
   * @param cursor of the event that the result shows; null if there is none
   */
  constructor(text: string, cursor: string | null = null) {
    this.#cursor = cursor;
    this.payload = Buffer.from(text, 'utf8').toString('latin1');
  }

  static of({ errors, ...rest }: ExecutionResult, cursor: string | null = null): LiveMessage {
    const result = errors ? { ...rest, errors: errors.map(errorJson) } : rest;
    return new LiveMessage(JSON.stringify(result), cursor);
  }

  /** The message as an event of an event stream, one character per byte. A client resumes after its id. */
  get block(): string {
    const id = this.#cursor === null ? '' : `id: ${this.#cursor}\n`;
    return `${id}event: next\ndata: ${this.payload}\n\n`;
  }
}
