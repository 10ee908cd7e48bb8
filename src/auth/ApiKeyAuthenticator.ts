import { timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

import type { Log } from '../log.ts';

import { digestOf } from './apiKey.ts';
import type { Authenticator } from './Authenticator.ts';
import { bearerToken } from './bearerToken.ts';
import { readKeyFile } from './keyFile.ts';
import type { KnownKey } from './keyFile.ts';
import { createPrincipal } from './principal.ts';
import { Session } from './Session.ts';
import { AuthSetupError, UnauthenticatedError } from './unauthenticated.ts';

/** How often the file is looked at, in ms. By asking: notifications don't cross the mounts that secrets come by. */
const lookEveryMs = 500;

interface HeldKey extends KnownKey {
  session: Session;
}

/**
 * Keys of a file, which is read again when it changes. A file that can't be used changes nothing: the keys read before
 * stay. A key that is gone, or grants something else now, ends what was begun with it.
 */
export class ApiKeyAuthenticator implements Authenticator {
  readonly #path: string;
  readonly #log: Log;
  #keys: HeldKey[] = [];
  #stamp = '';
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** @throws AuthSetupError with a line for every problem of the file */
  static async open(path: string, log: Log): Promise<ApiKeyAuthenticator> {
    const opened = new ApiKeyAuthenticator(path, log);
    const problems = await opened.#read();
    if (problems.length > 0) throw new AuthSetupError(problems.map((problem) => `${path}: ${problem}`).join('\n'));
    opened.#lookAgain();
    return opened;
  }

  async authenticate(authorization: string | null): Promise<Session> {
    const digest = digestOf(bearerToken(authorization));
    // Every key is compared, in constant time: how long it takes tells nothing about which one was nearly met.
    const [found] = this.#keys.filter((key) => timingSafeEqual(key.digest, digest));
    if (!found) throw new UnauthenticatedError('there is no such key');
    return found.session;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #lookAgain(): void {
    this.#timer = setTimeout(() => void this.#look(), lookEveryMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const stamp = await stampOf(this.#path);
    if (stamp !== this.#stamp) {
      const problems = await this.#read();
      const fields = { file: this.#path, keys: this.#keys.length };
      if (problems.length === 0) this.#log.info(fields, 'key file was read again');
      else this.#log.error({ ...fields, problems }, 'key file can not be used, the keys read before stay');
    }
    if (!this.#isClosed) this.#lookAgain();
  }

  /** @returns what is wrong with the file; nothing has changed then */
  async #read(): Promise<string[]> {
    // Taken before: what changes while it is read is seen at the next look.
    this.#stamp = await stampOf(this.#path);
    try {
      const { keys, problems } = readKeyFile(await readFile(this.#path, 'utf8'));
      if (problems.length === 0) this.#replace(keys);
      return problems;
    } catch (error) {
      return [`can't be read: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`];
    }
  }

  #replace(keys: KnownKey[]): void {
    const before = this.#keys;
    this.#keys = keys.map((key) => {
      const kept = before.find((held) => isSame(held, key));
      return { ...key, session: kept?.session ?? new Session({ principal: createPrincipal(key.grant) }) };
    });
    const kept = new Set(this.#keys.map(({ session }) => session));
    for (const { session } of before) if (!kept.has(session)) session.end();
  }
}

function isSame(one: KnownKey, other: KnownKey): boolean {
  return one.digest.equals(other.digest) && JSON.stringify(one.grant) === JSON.stringify(other.grant);
}

/** Changes whenever the file does; empty while there is none. */
async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(':');
  } catch {
    return '';
  }
}
