import type { Plugin } from 'graphql-yoga';

/** Bodies are read as UTF-8 whatever they say: in another encoding, a description would be stored as other words. */
export function useUtf8Requests(): Plugin {
  return {
    onRequestParse: ({ request, endResponse, fetchAPI }) => {
      const charset = /;\s*charset="?([^";\s]*)/i.exec(request.headers.get('content-type') ?? '')?.[1];
      if (charset === undefined || charset.toLowerCase() === 'utf-8') return;
      endResponse(new fetchAPI.Response(`charset is ${charset}, expected utf-8\n`, { status: 415 }));
    },
  };
}
