import { z } from 'zod';

import { originOf } from '../domain/originOf.ts';

/** What the environment's words can be: each says what was expected. */

export const port = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'expected a port, 0 to 65535')
    .transform(Number)
    .refine((value) => value <= 65_535, 'expected a port, 0 to 65535')
    .default(fallback);

export const seconds = (fallback: number) =>
  z
    .string()
    .regex(/^(?:\d|[1-9]\d|[1-9]\d{2})$/, 'expected whole seconds, 0 to 999')
    .transform(Number)
    .default(fallback);

export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
  error: 'expected trace, debug, info, warn, error or silent',
});

export const httpUrl = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
    error: 'expected an http or https URL',
    abort: true,
  })
  .refine((value) => {
    const url = new URL(value);
    return url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  }, 'expected a URL without credentials, query and fragment')
  .transform((value) => value.replace(/\/+$/, ''));

export const wholeNumber = (fallback: number, least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `expected a whole number, ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `expected a whole number, ${least} to ${most}`)
    .default(fallback);

/** Keys that come over an open network are anybody's who stands in it. */
export const jwksUrl = z
  .string()
  .refine(
    (value) => {
      const { protocol, hostname } = URL.canParse(value) ? new URL(value) : { protocol: '', hostname: '' };
      return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));
    },
    { error: 'expected an https URL, or an http one of this machine', abort: true },
  )
  .refine((value) => new URL(value).username === '' && new URL(value).password === '', 'expected no credentials in it');

export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/i.test(host);
}

/** A limit that holds only where it is set. */
export const wholeNumberOrNone = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `expected a whole number, ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `expected a whole number, ${least} to ${most}`)
    .optional()
    .transform((value) => value ?? null);

/** As browsers name them in `Origin`; a port that is the scheme's own may be said. */
export const origins = z
  .string()
  .transform((text, context) => {
    const found = namesIn(text).map(originOf);
    const known = found.filter((origin) => origin !== null);
    if (known.length === found.length) return known;
    const message = 'expected origins with commas between, e.g. https://console.example.com; a wildcard is none';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .default([]);

/** Names of headers, with commas between. */
export const headerNames = z
  .string()
  .transform(namesIn)
  .refine(
    (names) => names.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && name !== '*'),
    'expected names of headers with commas between; a wildcard is none',
  )
  .default([]);

function namesIn(list: string): string[] {
  return list.split(',').map((name) => name.trim().toLowerCase());
}
