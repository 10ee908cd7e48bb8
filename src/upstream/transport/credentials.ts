/** Where the `Authorization` header of every upstream call comes from. */
export interface Credentials {
  /**
   * @param signal gives up waiting for one
   * @throws NeverSent when there is none to be had
   */
  authorization(signal?: AbortSignal): Promise<string>;
  /**
   * The API answered 401 to this header. True when another one can be had now, so that repeating makes sense:
   * a 401 comes before anything is processed.
   */
  renew(refused: string, signal?: AbortSignal): Promise<boolean>;
  /** The API has taken this header. */
  confirm(accepted: string): void;
  close(): Promise<void>;
}

/** The API's legacy credentials: HTTP Basic, key id as user and secret key as password. */
export function basicCredentials(keyId: string, secretKey: string): Credentials {
  const header = Promise.resolve(`Basic ${Buffer.from(`${keyId}:${secretKey}`, 'utf8').toString('base64')}`);
  return {
    authorization: () => header,
    renew: () => Promise.resolve(false),
    confirm: () => undefined,
    close: () => Promise.resolve(),
  };
}
