import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

export interface ListenOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
}

/** @throws the socket's error, e.g. `EADDRINUSE` */
export async function listen(server: Server, { host, port }: ListenOptions): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

/** The URL of a server that listens on this host, without a path. */
export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
