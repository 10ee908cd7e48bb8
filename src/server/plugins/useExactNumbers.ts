import type { Plugin } from 'graphql-yoga';

import { markInexactNumbers } from '../markInexactNumbers.ts';

/** Sees to it that no number of a request body is rounded before a scalar has judged it. Sockets do the same. */
export function useExactNumbers(): Plugin {
  return {
    onRequestParse: ({ requestParser, setRequestParser }) => {
      if (requestParser) setRequestParser((request) => requestParser(exactly(request)));
    },
  };
}

/** The request, with the two ways in which Yoga's parsers read a body. */
function exactly(request: Request): Request {
  const isForm = request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
  return new Proxy(request, {
    get: (target, name) => {
      if (name === 'json') return async () => JSON.parse(markInexactNumbers(await target.text())) as unknown;
      if (name === 'text' && isForm) return async () => markForm(await target.text());
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function markForm(form: string): string {
  const fields = new URLSearchParams(form);
  const variables = fields.get('variables');
  if (variables !== null) fields.set('variables', markInexactNumbers(variables));
  return fields.toString();
}
