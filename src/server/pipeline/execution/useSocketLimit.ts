import type { Plugin } from 'graphql-yoga';

import { tooManySockets } from '../../../errors/limitErrors.ts';

import type { OpenSockets } from '../../connections/OpenSockets.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/** Limits open event streams. WebSockets are counted together with them, but when they are opened. */
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
