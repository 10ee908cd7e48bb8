import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { BodyEffect } from '../faults/Fault.ts';
import type { Answer } from '../api/Answer.ts';

type Headers = Readonly<Record<string, string>>;

const slowBodyPieces = 8;

/** Sends a response, changed by `effect` if there is one. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  headers: Headers,
  effect?: BodyEffect,
): Promise<void> {
  const body = effect?.kind === 'malformed' ? malformed(answer.body ?? '') : answer.body;
  if (body === undefined) {
    response.writeHead(answer.status, { ...headers, ...answer.headers, ...emptyBodyHeaders(answer.status) }).end();
    return;
  }
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType ?? 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
    ...answer.headers,
  });
  if (effect?.kind === 'truncated') truncate(response, Buffer.from(body));
  else if (effect?.kind === 'slowBody') await sendSlowly(response, Buffer.from(body), effect.ms);
  // Node sends a string in one write with the headers.
  else response.end(body);
}

/** A 204 response must not have a `Content-Length`. */
function emptyBodyHeaders(status: number): Record<string, number> {
  return status === 204 ? {} : { 'Content-Length': 0 };
}

function malformed(body: string): string {
  return `${body.slice(0, Math.ceil(body.length / 2))}\u0000<html>`;
}

function truncate(response: ServerResponse, bytes: Buffer): void {
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
  response.socket?.destroySoon();
}

async function sendSlowly(response: ServerResponse, bytes: Buffer, milliseconds: number): Promise<void> {
  const size = Math.max(1, Math.ceil(bytes.length / slowBodyPieces));
  for (let start = 0; start < bytes.length && !response.destroyed; start += size) {
    response.write(bytes.subarray(start, start + size));
    // Unreferenced, so that a slow response doesn't keep the process alive.
    await sleep(milliseconds / slowBodyPieces, undefined, { ref: false });
  }
  if (!response.destroyed) response.end();
}
