import type { Plugin } from 'graphql-yoga';

import { tooManySockets } from '../../../errors/limitErrors.ts';
import type { OpenSockets } from '../../connections/OpenSockets.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/** Event streams of subscriptions are sockets that stay open; those of WebSockets are counted when they are opened. */
export function useSocketLimit(open: OpenSockets): Plugin<TransportContext> {
  return {
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const { res } = args.contextValue;
      if (!res) return;
      const release = open.take();
      if (!release) setResultAndStopExecution({ errors: [tooManySockets(open.max)] });
      else if (res.closed) release();
      else res.once('close', release);
    },
  };
}
