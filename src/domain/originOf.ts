/**
 * Normalizes an origin to the form of the `Origin` header: scheme and host in lower case, and the port unless it is the
 * default of the scheme. Unlike `URL.origin`, accepts the schemes of apps, e.g. `capacitor://localhost`.
 *
 * @returns null if the value is not an origin
 */
export function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, host, href } = new URL(text);
  const origin = `${protocol}//${host}`.toLowerCase();
  const hasMore = href.toLowerCase().replace(/\/$/, '') !== origin;
  return host === '' || host.includes('*') || hasMore ? null : origin;
}
