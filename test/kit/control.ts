import type { Sandbox } from '../../src/sandbox/createSandbox.ts';

/** Calls a control of the sandbox. Returns the parsed response, or null if it has no body. */
export async function control<Answer = unknown>(
  sandbox: Sandbox,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  const answer = await fetch(`${sandbox.url}/sandbox/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} /sandbox/${path}: HTTP ${answer.status}: ${text}`);
  return (text === '' ? null : JSON.parse(text)) as Answer;
}
