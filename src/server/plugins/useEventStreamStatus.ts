import type { Plugin } from 'graphql-yoga';

/**
 * An event stream tells what is wrong with a request in a `next` event: answered with 400, browsers' EventSource would
 * drop the stream unread (graphql-sse's PROTOCOL.md, distinct connections mode). Yoga does so for syntax and validation
 * but not for variables.
 */
export function useEventStreamStatus(): Plugin {
  return {
    onResponse: (hook) => {
      const { status, headers, body } = hook.response;
      if (status !== 400 || headers.get('content-type') !== 'text/event-stream') return;
      hook.setResponse(new hook.fetchAPI.Response(body, { status: 200, headers }));
    },
  };
}
