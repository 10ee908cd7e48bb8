/** Whether a charset is UTF-8, by any of its names: `utf8`, `UTF-8` and more (https://encoding.spec.whatwg.org/#names-and-labels). */
export function isUtf8(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding === 'utf-8';
  } catch {
    return false;
  }
}
