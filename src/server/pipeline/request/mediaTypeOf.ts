import { MIMEType } from 'node:util';

/** A media type with its parameters, names in lower case; null for what can't be read. */
export function mediaTypeOf(text: string): MIMEType | null {
  try {
    return new MIMEType(text);
  } catch {
    return null;
  }
}
