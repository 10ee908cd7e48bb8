import type { Client } from '@urql/core';
import { createContext, useContext, useSyncExternalStore } from 'react';

import type { BoardStore } from './board/BoardStore.ts';
import type { ConnectionState, LiveEvents } from './live/LiveEvents.ts';
import type { Credential } from './session/Credential.ts';

/** What lives as long as the page. */
export interface Services {
  client: Client;
  credential: Credential;
  live: LiveEvents;
  board: BoardStore;
  /** Whether the gateway stands before its own sandbox, whose controls the page may use. */
  isSandbox: boolean;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new TypeError('a component outside of ServicesContext');
  return services;
}

export function useConnectionState(): ConnectionState {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, () => live.state);
}

/** Renders again whenever the board changes. */
export function useBoard(): BoardStore {
  const { board } = useServices();
  useSyncExternalStore(board.subscribe, board.getVersion);
  return board;
}
