import { z } from 'zod';

import { originOf } from '../domain/originOf.ts';

/** Any text. */
export const text = z.string();

export const wholeNumber = (min: number, max: number, expected = `a whole number, ${min} to ${max}`) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `expected ${expected}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected ${expected}`);

export const port = wholeNumber(0, 65_535, 'a port, 0 to 65535');

/** Whole seconds, as milliseconds. */
export const seconds = (min: number, max: number) =>
  wholeNumber(min, max, `whole seconds, ${min} to ${max}`).transform((value) => value * 1_000);

export const oneOf = <const Word extends string>(...words: Word[]) =>
  z.enum(words, { error: `expected ${words.join(', ').replace(/, ([^,]+)$/, ' or $1')}` });

/** An ISO 4217 code. */
export const currency = z.string().regex(/^[A-Z]{3}$/, 'expected the three letters of a currency, such as USD');

/** `true`, `false`, and the synonyms that zod accepts. */
export const flag = z.stringbool({ error: 'expected true or false' });

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

/** Over plain HTTP, anyone on the network could replace the signing keys. */
export const jwksUrl = z
  .string()
  .refine(
    (value) => {
      const { protocol, hostname } = URL.canParse(value) ? new URL(value) : { protocol: '', hostname: '' };
      return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));
    },
    { error: 'expected an https URL, or an http URL of a loopback address', abort: true },
  )
  .refine(
    (value) => new URL(value).username === '' && new URL(value).password === '',
    'expected a URL without credentials',
  );

export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/i.test(host);
}

/** Origins as browsers send them, separated by commas; a scheme's default port is allowed. */
export const origins = z.string().transform((text, context) => {
  const found = namesIn(text).map(originOf);
  const valid = found.filter((origin) => origin !== null);
  if (valid.length === found.length) return valid;
  const message = 'expected origins separated by commas, e.g. https://console.example.com; wildcards are not supported';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** Names of headers, separated by commas. */
export const headerNames = z
  .string()
  .transform(namesIn)
  .refine(
    (names) => names.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && name !== '*'),
    'expected names of headers separated by commas; wildcards are not supported',
  );

function namesIn(list: string): string[] {
  return list === '' ? [] : list.split(',').map((name) => name.trim().toLowerCase());
}
