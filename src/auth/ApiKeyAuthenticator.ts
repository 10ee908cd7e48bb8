import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

import type { Log } from '../log.ts';

import { digestOf } from './apiKey.ts';
import type { Authenticator } from './Authenticator.ts';
import { bearerToken } from './bearerToken.ts';
import { readKeyFile } from './keyFile.ts';
import type { ValidKey } from './keyFile.ts';
import { createPrincipal } from './principal.ts';
import { Session } from './Session.ts';
import { UnauthenticatedError } from '../errors/authErrors.ts';
import { invalidFile } from '../errors/SetupError.ts';

/** Polling interval of the file, in ms. File system notifications do not work on mounted secrets. */
const pollMs = 500;

interface ActiveKey extends ValidKey {
  session: Session;
  revoke: () => void;
}

/** The text of the file, or why it can't be read. */
type FileContent = { text: string } | { problem: string };

/**
 * Authenticates with the keys of a file, which is reloaded when it changes. An invalid file is ignored and the previous
 * keys stay valid. The session of a key ends when the key is removed or its rights change.
 */
export class ApiKeyAuthenticator implements Authenticator {
  readonly #path: string;
  readonly #log: Log;
  #keys: ActiveKey[] = [];
  #lastRead: FileContent | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** @throws SetupError with a line for every problem of the file */
  static async open(path: string, log: Log): Promise<ApiKeyAuthenticator> {
    const opened = new ApiKeyAuthenticator(path, log);
    const problems = (await opened.#read()) ?? [];
    if (problems.length > 0) throw invalidFile(path, problems);
    opened.#schedulePoll();
    return opened;
  }

  authenticate(authorization: string | null): Session {
    const digest = digestOf(bearerToken(authorization));
    // All keys are compared, each in constant time, so that timing reveals nothing about a key.
    const [found] = this.#keys.filter((key) => timingSafeEqual(key.digest, digest));
    if (!found) throw new UnauthenticatedError('unknown API key');
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
    if (problems.length === 0) this.#log.info(fields, 'key file reloaded');
    else this.#log.error({ ...fields, problems }, 'key file is invalid, the previous keys stay valid');
  }

  /**
   * Reads the file. Its text is compared, since two changes within one tick of the file system's clock can have the
   * same size and date.
   *
   * @returns the problems of the file, which is then ignored; null if it has not changed
   */
  async #read(): Promise<string[] | null> {
    const content = await readContent(this.#path);
    if (isDeepStrictEqual(content, this.#lastRead)) return null;
    this.#lastRead = content;
    if ('problem' in content) return [content.problem];
    const { keys, problems } = readKeyFile(content.text);
    if (problems.length === 0) this.#replace(keys);
    return problems;
  }

  #replace(keys: ValidKey[]): void {
    const before = this.#keys;
    this.#keys = keys.map((key) => before.find((active) => isSame(active, key)) ?? activate(key));
    for (const key of before) if (!this.#keys.includes(key)) key.revoke();
  }
}

function activate(key: ValidKey): ActiveKey {
  const revoked = new AbortController();
  const session = new Session({ principal: createPrincipal(key.grant), revoked: revoked.signal });
  return { ...key, session, revoke: () => revoked.abort() };
}

function isSame(one: ValidKey, other: ValidKey): boolean {
  return one.digest.equals(other.digest) && JSON.stringify(one.grant) === JSON.stringify(other.grant);
}

async function readContent(path: string): Promise<FileContent> {
  try {
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return {
      problem: `can't be read: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`,
    };
  }
}
