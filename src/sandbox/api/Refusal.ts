/** Thrown to refuse a request with an error status, code and message. What the request has written is rolled back. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
    // The API's error codes are the status followed by 10000.
    this.code = status * 100_000 + 10_000;
  }
}

export const invalid = (message: string) => new Refusal(400, message);

export const accountNotFound = (id: string) => new Refusal(404, `account not found: ${id}`);

export const journalNotFound = (id: string) => new Refusal(404, `journal not found: ${id}`);
