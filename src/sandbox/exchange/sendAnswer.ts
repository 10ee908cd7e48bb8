import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { RequestEffect } from '../faults/Fault.ts';
import type { Answer } from './Answer.ts';

/** How an answer leaves: whole, or as a fault wants it. */
export type Manner = Extract<RequestEffect, { kind: 'truncated' | 'malformed' | 'slowBody' }>;

type Headers = Readonly<Record<string, string>>;

const slowPieces = 8;

/** Sends an answer with the headers that every answer has. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  headers: Headers,
  manner?: Manner,
): Promise<void> {
  const body = manner?.kind === 'malformed' ? malformed(answer.body ?? '') : answer.body;
  if (body === undefined) {
    response.writeHead(answer.status, { ...headers, ...answer.headers, ...noContent(answer.status) }).end();
    return;
  }
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType ?? 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
    ...answer.headers,
  });
  if (manner?.kind === 'truncated') truncate(response, Buffer.from(body));
  else if (manner?.kind === 'slowBody') await sendSlowly(response, Buffer.from(body), manner.ms);
  // As a string it leaves in one write with its headers.
  else response.end(body);
}

/** A 204 may have no length; a bare 401 says that it is empty. */
function noContent(status: number): Record<string, number> {
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
  const size = Math.max(1, Math.ceil(bytes.length / slowPieces));
  for (let start = 0; start < bytes.length && !response.destroyed; start += size) {
    response.write(bytes.subarray(start, start + size));
    // Unreferenced: a slow answer doesn't keep a closing process alive.
    await sleep(milliseconds / slowPieces, undefined, { ref: false });
  }
  if (!response.destroyed) response.end();
}
