import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';

import { closeLater } from './closeLater.ts';

/** Requests a URL and returns the response. The test reads the body at its own pace. */
export function openDownload(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, resolve);
    closeLater(() => sent.destroy());
    sent.once('error', reject).end();
  });
}

export interface Downloaded {
  /** The text that has arrived so far. */
  text: string;
  /** Whether the whole response has arrived; false if it was cut off. */
  isWhole: boolean;
}

export async function readToEnd(response: IncomingMessage): Promise<Downloaded> {
  response.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of response as AsyncIterable<string>) text += chunk;
    return { text, isWhole: response.complete };
  } catch {
    return { text, isWhole: false };
  }
}
