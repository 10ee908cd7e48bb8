import { Readable } from 'node:stream';

import { Agent, type Dispatcher, request } from 'undici';
import { onTestFinished } from 'vitest';

import { type Sandbox, createSandbox } from '../../../src/sandbox/createSandbox.ts';
import type { SandboxOptions } from '../../../src/sandbox/setup/SandboxOptions.ts';
import { Binary } from '../../kit/startBinary.ts';
import { EventReader } from './EventReader.ts';

export const basic = `Basic ${Buffer.from('key:secret').toString('base64')}`;

export interface Reply<Body = unknown> {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  text: string;
  /** The parsed body, with the type that the test expects. */
  body: Body;
}

type Headers = Record<string, string>;

/** An HTTP client of one sandbox that returns responses with any status. */
export class SandboxClient {
  readonly url: string;
  readonly #agent = new Agent({ bodyTimeout: 0, headersTimeout: 10_000, connections: 64 });

  constructor(url: string) {
    this.url = url;
  }

  async send<Body = unknown>(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    headers: Headers = {},
    signal?: AbortSignal,
  ) {
    const answer = await request(`${this.url}${path}`, {
      method,
      dispatcher: this.#agent,
      headers: { authorization: basic, ...headers },
      ...(signal && { signal }),
      ...(body !== undefined && { body: bodyOf(body) }),
    });
    const text = await answer.body.text();
    const reply: Reply<Body> = { status: answer.statusCode, headers: answer.headers, text, body: parsed(text) as Body };
    return reply;
  }

  get<Body = unknown>(path: string, headers?: Headers): Promise<Reply<Body>> {
    return this.send<Body>('GET', path, undefined, headers);
  }

  post<Body = unknown>(path: string, body: unknown = {}, headers?: Headers): Promise<Reply<Body>> {
    return this.send<Body>('POST', path, body, headers);
  }

  put<Body = unknown>(path: string, body: unknown): Promise<Reply<Body>> {
    return this.send<Body>('PUT', path, body);
  }

  /** Sets faults, in the form of `PUT /sandbox/faults`. */
  async faults(faults: readonly object[], seed = 1): Promise<void> {
    const { status, text } = await this.put('/sandbox/faults', { seed, faults });
    if (status !== 200) throw new Error(text);
  }

  /** Reads a response and counts the chunks of its body. */
  async inPieces(path: string): Promise<{ text: string; pieces: number }> {
    const answer = await request(`${this.url}${path}`, {
      dispatcher: this.#agent,
      headers: { authorization: basic },
    });
    const chunks: Buffer[] = [];
    for await (const chunk of answer.body) chunks.push(chunk as Buffer);
    return { text: Buffer.concat(chunks).toString(), pieces: chunks.length };
  }

  /** Sends a request and disconnects when `condition` resolves. */
  async hangUp(
    method: Dispatcher.HttpMethod,
    path: string,
    condition: () => Promise<void>,
    body?: unknown,
    headers?: Headers,
  ) {
    const hangUp = new AbortController();
    const answer = this.send(method, path, body, headers, hangUp.signal).then(
      () => 'answered',
      () => 'hung up',
    );
    await condition();
    hangUp.abort();
    return answer;
  }

  /** Resolves when this number of requests for an operation have arrived. */
  arrivals(operation: string, count: number): Promise<void> {
    return until(async () => {
      const { body } = await this.get<{ requests: Record<string, { total: number }> }>('/sandbox/stats');
      return (body.requests[operation]?.total ?? 0) >= count;
    });
  }

  /** Opens a stream and resolves when its headers have arrived. */
  async events(path = '/v2/events/journals/status', headers: Headers = {}): Promise<EventReader> {
    const answer = await request(`${this.url}${path}`, {
      dispatcher: this.#agent,
      headers: { authorization: basic, ...headers },
    });
    return new EventReader(answer);
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

export interface TestSandbox {
  sandbox: Sandbox;
  client: SandboxClient;
}

/** Starts a sandbox that ends with the test. By default no journal changes its status by itself. */
export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const sandbox = await createSandbox({ keyId: 'key', secretKey: 'secret', clockMode: 'manual', ...options });
  const client = new SandboxClient(sandbox.url);
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
  });
  return { sandbox, client };
}

/** Starts a sandbox whose single cash journals go from queued to sent_to_clearing to executed. */
export function startClassic(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  return startSandbox({ jnlcFlow: 'classic', ...options });
}

/** Starts the built command `sandbox` in its own process, which ends with the test. */
export async function startCommand(flags: readonly string[]): Promise<{ command: Binary; url: string }> {
  const environment = { SANDBOX_KEY_ID: 'key', SANDBOX_SECRET_KEY: 'secret' };
  const command = new Binary(['sandbox', '--port', '0', ...flags], environment);
  return { command, url: await command.printed(/^sandbox listening on (\S+)$/m) };
}

/** Returns the body of a request: strings unchanged, the values of a generator as chunks, anything else as JSON. */
function bodyOf(body: unknown): string | Readable {
  if (typeof body === 'string') return body;
  const isPieces = typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
  return isPieces ? Readable.from(body as AsyncIterable<string>) : JSON.stringify(body);
}

/** Resolves when the condition is true. The condition must be asynchronous, so that other work can proceed. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
