import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

import type { Log } from '../log.ts';

import { digestOf } from './apiKey.ts';
import type { Authenticator } from './Authenticator.ts';
import { bearerToken } from './bearerToken.ts';
import { readKeyFile } from './keyFile.ts';
import type { KnownKey } from './keyFile.ts';
import { createPrincipal } from './principal.ts';
import { Session } from './Session.ts';
import { AuthSetupError, UnauthenticatedError } from '../errors/authErrors.ts';

/** Polling interval of the file, in ms. File system notifications do not work on mounted secrets. */
const pollMs = 500;

interface HeldKey extends KnownKey {
  session: Session;
  revoke: () => void;
}

/** The text of the file, or why it can't be read. */
type Found = { text: string } | { problem: string };

/**
 * Authenticates with the keys of a file, which is reloaded when it changes. An invalid file is ignored and the previous
 * keys stay valid. The session of a key ends when the key is removed or its rights change.
 */
export class ApiKeyAuthenticator implements Authenticator {
  readonly #path: string;
  readonly #log: Log;
  #keys: HeldKey[] = [];
  #found: Found | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** @throws AuthSetupError with a line for every problem of the file */
  static async open(path: string, log: Log): Promise<ApiKeyAuthenticator> {
    const opened = new ApiKeyAuthenticator(path, log);
    const problems = (await opened.#read()) ?? [];
    if (problems.length > 0) throw new AuthSetupError(problems.map((problem) => `${path}: ${problem}`).join('\n'));
    opened.#schedulePoll();
    return opened;
  }

  async authenticate(authorization: string | null): Promise<Session> {
    const digest = digestOf(bearerToken(authorization));
    // All keys are compared, each in constant time, so that timing reveals nothing about a key.
    const [found] = this.#keys.filter((key) => timingSafeEqual(key.digest, digest));
    if (!found) throw new UnauthenticatedError('there is no such key');
    return found.session;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedulePoll(): void {
    this.#timer = setTimeout(() => void this.#poll(), pollMs);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    const problems = await this.#read();
    if (this.#isClosed) return;
    if (problems) this.#logReload(problems);
    this.#schedulePoll();
  }

  #logReload(problems: string[]): void {
    const fields = { file: this.#path, keys: this.#keys.length };
    if (problems.length === 0) this.#log.info(fields, 'key file was read again');
    else this.#log.error({ ...fields, problems }, 'key file can not be used, the keys read before stay');
  }

  /**
   * Compares the text: two changes within one tick of the file system's clock have the same size and date.
   *
   * @returns the problems of the file, which is then ignored; null if it has not changed
   */
  async #read(): Promise<string[] | null> {
    const found = await textOf(this.#path);
    if (isDeepStrictEqual(found, this.#found)) return null;
    this.#found = found;
    if ('problem' in found) return [found.problem];
    const { keys, problems } = readKeyFile(found.text);
    if (problems.length === 0) this.#replace(keys);
    return problems;
  }

  #replace(keys: KnownKey[]): void {
    const before = this.#keys;
    this.#keys = keys.map((key) => before.find((held) => isSame(held, key)) ?? held(key));
    for (const one of before) if (!this.#keys.includes(one)) one.revoke();
  }
}

function held(key: KnownKey): HeldKey {
  const life = new AbortController();
  const session = new Session({ principal: createPrincipal(key.grant), revoked: life.signal });
  return { ...key, session, revoke: () => life.abort() };
}

function isSame(one: KnownKey, other: KnownKey): boolean {
  return one.digest.equals(other.digest) && JSON.stringify(one.grant) === JSON.stringify(other.grant);
}

async function textOf(path: string): Promise<Found> {
  try {
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return {
      problem: `can't be read: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`,
    };
  }
}
