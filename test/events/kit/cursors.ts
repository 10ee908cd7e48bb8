import { ask } from '../../kit/ask.ts';

/** Returns the current position of a gateway's feed. */
export async function cursorOf(url: string): Promise<string> {
  const { data } = await ask<{ journalStatusCursor: string | null }>(url, '{ journalStatusCursor }');
  if (data?.journalStatusCursor == null) throw new Error('the feed has not begun');
  return data.journalStatusCursor;
}

/** Creates the cursor of an event in the first format (`e1`), which contains a time and an event id. */
export function cursorAfter({ at, id }: { at: string; id: string }): string {
  return Buffer.from(JSON.stringify(['e1', at, id])).toString('base64url');
}
