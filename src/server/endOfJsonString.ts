/** Behind the closing quote of the string that begins here; the end of the text when it has none. */
export function endOfJsonString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, json.length);
}
