import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { closeLater } from './closeLater.ts';
import { SlowLink } from './SlowLink.ts';

it('a slow link delivers bytes in the order in which they were sent', async () => {
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const link = await SlowLink.start((server.address() as AddressInfo).port);
  link.roundTrip = { fromMs: 50, toMs: 150 };
  const socket = connect(link.port, '127.0.0.1').setNoDelay(true);
  closeLater(() => {
    socket.destroy();
    server.close();
  });
  const sent = Array.from({ length: 1_000 }, (_, index) => `${index},`).join('');
  let received = '';
  const all = new Promise<void>((resolve) => {
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
      if (received.length >= sent.length) resolve();
    });
  });

  // One chunk per turn of the event loop.
  for (let index = 0; index < 1_000; index += 1) {
    socket.write(`${index},`);
    await new Promise(setImmediate);
  }
  await all;

  expect(received).toBe(sent);
});
