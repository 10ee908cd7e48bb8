import type { Client } from '@urql/core';
import { createContext, useContext, useSyncExternalStore } from 'react';

import type { BoardStore } from './board/BoardStore.ts';
import type { ConnectionState, LiveEvents } from './live/LiveEvents.ts';
import type { Credential } from './session/Credential.ts';

/** The objects that are created once per page load and shared by all components. */
export interface Services {
  client: Client;
  credential: Credential;
  live: LiveEvents;
  board: BoardStore;
  /** Whether the gateway uses its embedded sandbox, so that the page can use the sandbox's controls. */
  isSandbox: boolean;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new TypeError('useServices was called outside of ServicesContext');
  return services;
}

export function useConnectionState(): ConnectionState {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, () => live.state);
}

/** Returns the board, and renders the component again whenever it changes. */
export function useBoard(): BoardStore {
  const { board } = useServices();
  useSyncExternalStore(board.subscribe, board.getVersion);
  return board;
}
