/**
 * An origin as browsers write it in `Origin`: scheme and host in lower case, and a port unless it is the scheme's own.
 * Apps have schemes of their own, as `capacitor://localhost`, whose origin the URL class doesn't tell.
 *
 * @returns null for what is no origin
 */
export function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, host, href } = new URL(text);
  const origin = `${protocol}//${host}`.toLowerCase();
  const hasMore = href.toLowerCase().replace(/\/$/, '') !== origin;
  return host === '' || host.includes('*') || hasMore ? null : origin;
}
