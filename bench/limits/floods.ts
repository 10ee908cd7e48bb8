import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

import { BenchConnection } from '../BenchConnection.ts';

/** Attacks a server for a number of seconds. @returns the number of responses of each kind */
export type Flood = (port: number, seconds: number) => Promise<Map<string, number>>;

/** The number of attackers. Each sends its next request as soon as it gets a response. */
const attackers = 16;
/** The number of sockets that are held open. */
const maxHeld = 500;
const heldMs = 1_000;

export function floodOfOperations(requestOf: (index: number) => string | Buffer): Flood {
  return flood(async (connection, index) => {
    const { status, body } = await connection.send(requestOf(index));
    const code = /"code":"([A-Z_]+)"/.exec(body)?.[1];
    return code === undefined ? String(status || 'closed') : `${status} ${code}`;
  });
}

function flood(attack: (connection: BenchConnection, index: number) => Promise<string>): Flood {
  return async (port, seconds) => {
    const outcomes = new Map<string, number>();
    const endsAt = performance.now() + seconds * 1_000;
    let sent = 0;
    const attacker = async () => {
      let connection = new BenchConnection(port);
      while (performance.now() < endsAt) {
        if (!connection.isOpen) {
          connection.close();
          connection = new BenchConnection(port);
        }
        note(outcomes, await attack(connection, (sent += 1)));
      }
      connection.close();
    };
    await Promise.all(Array.from({ length: attackers }, attacker));
    return outcomes;
  };
}

/** Opens connections without sending anything. */
export const floodOfSockets: Flood = (port, seconds) => holdSockets(port, seconds, null);

/** Opens WebSockets without initialising them. */
export const floodOfUpgrades: Flood = (port, seconds) =>
  holdSockets(
    port,
    seconds,
    [
      'GET /graphql HTTP/1.1',
      'host: bench',
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
      'sec-websocket-protocol: graphql-transport-ws',
      '\r\n',
    ].join('\r\n'),
  );

async function holdSockets(port: number, seconds: number, greeting: string | null): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>();
  const endsAt = performance.now() + seconds * 1_000;
  const hold = async () => {
    while (performance.now() < endsAt) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      const closed = once(socket, 'close');
      if (greeting !== null) {
        socket.write(greeting);
        await Promise.race([once(socket, 'data'), closed]);
      }
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, heldMs))]);
      note(outcomes, socket.destroyed ? 'closed' : 'held');
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: maxHeld }, hold));
  return outcomes;
}

function note(outcomes: Map<string, number>, outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}
