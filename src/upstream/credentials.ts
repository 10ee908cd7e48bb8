/** Where the `Authorization` header of every upstream call comes from. */
export interface Credentials {
  authorization(): Promise<string>;
}

/** The API's legacy credentials: HTTP Basic, key id as user and secret key as password. */
export function basicCredentials(keyId: string, secretKey: string): Credentials {
  const header = Promise.resolve(`Basic ${Buffer.from(`${keyId}:${secretKey}`, 'utf8').toString('base64')}`);
  return { authorization: () => header };
}
