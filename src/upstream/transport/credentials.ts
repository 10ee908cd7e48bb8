import type { WaitOptions } from '../../concurrency/waitFor.ts';

/** Provides the `Authorization` header of every request to the API. */
export interface Credentials {
  /**
   * @param wait limits the wait for a token
   * @throws NotSentError when there is no header to be had
   */
  authorization(wait?: WaitOptions): Promise<string>;
  /**
   * To be called when the API answered 401 to this header. True when another one is available, so that a retry makes
   * sense: credentials are checked before the request is processed.
   */
  renew(refused: string, wait?: WaitOptions): Promise<boolean>;
  /** To be called when the API has accepted this header. */
  confirm(accepted: string): void;
  close(): Promise<void>;
}

/** The API's legacy credentials: HTTP Basic, with the key id as user and the secret key as password. */
export function basicCredentials(keyId: string, secretKey: string): Credentials {
  const header = Promise.resolve(`Basic ${Buffer.from(`${keyId}:${secretKey}`, 'utf8').toString('base64')}`);
  return {
    authorization: () => header,
    renew: () => Promise.resolve(false),
    confirm: () => undefined,
    close: () => Promise.resolve(),
  };
}
