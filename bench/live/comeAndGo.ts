import type { FeedStub } from './FeedStub.ts';
import { ServerProcess } from './ServerProcess.ts';
import { closeAll, openSubscribers } from './subscribers.ts';

const atATime = 500;
const batches = 100_000 / atATime;
const warmUp = 10;

/** Measures the memory that remains after a hundred thousand subscribers have come and gone. */
export async function comeAndGo(feed: FeedStub): Promise<void> {
  const server = await ServerProcess.start('gateway', feed.url);
  for (let batch = 0; batch < warmUp; batch += 1) await visit(feed, server.port);
  const before = await server.memory();
  for (let batch = 0; batch < batches; batch += 1) await visit(feed, server.port);
  // The server notices some time later that the last subscribers have left.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const after = await server.memory();
  const left = held(after) - held(before);
  console.log(
    `\n${batches * atATime} subscribers came and went, half of each transport: after a garbage collection the server held ` +
      `${mib(held(before))} MiB before and ${mib(held(after))} MiB after, ` +
      `${(left / (batches * atATime)).toFixed(1)} bytes for each of them`,
  );
  await server.stop();
}

async function visit(feed: FeedStub, port: number): Promise<void> {
  const all = await openSubscribers(port, atATime, (index) => (index % 2 ? 'SSE' : 'WebSocket'));
  feed.tell();
  closeAll(all);
}

/** Returns the memory of JavaScript objects, on the heap and outside of it. */
function held({ heapUsed, external }: NodeJS.MemoryUsage): number {
  return heapUsed + external;
}

function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
