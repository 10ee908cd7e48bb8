import { originOf } from '../../domain/originOf.ts';

/** @param origins whose pages may ask, as `originOf` writes them */
export function isWelcomeOrigin(origin: string | null | undefined, origins: readonly string[]): boolean {
  const written = origin ? originOf(origin) : null;
  return written !== null && origins.includes(written);
}
