export type ContentEncoding = 'br' | 'gzip';

/** Chooses an encoding that an `Accept-Encoding` header allows. Null if it allows none but `identity`. */
export function acceptedEncoding(accepted = ''): ContentEncoding | null {
  const allows = (encoding: ContentEncoding) =>
    new RegExp(`(?:^|,)\\s*${encoding}\\s*(?:,|$|;(?!\\s*q=0(?:\\.0*)?\\s*(?:,|$)))`, 'i').test(accepted);
  return (['br', 'gzip'] as const).find(allows) ?? null;
}
