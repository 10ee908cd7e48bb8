import { startGateway } from './startGateway.ts';
import { StubUpstream } from './StubUpstream.ts';
import type { Answer } from './StubUpstream.ts';

/** Starts a gateway in front of an API that responds as the test decides. */
export async function startStubbed(
  answer: Answer,
  answerEvents?: Answer,
): Promise<{ stub: StubUpstream; url: string }> {
  const stub = await StubUpstream.start(answer, answerEvents);
  const { url } = await startGateway(stub.url);
  return { stub, url };
}
