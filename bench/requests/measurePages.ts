import { BenchConnection } from '../BenchConnection.ts';
import { fillSandbox } from '../console/fillSandbox.ts';
import { postOf } from '../limits/postOf.ts';
import { ServerProcess } from '../live/ServerProcess.ts';

const days = 100;
const pageSize = 500;
const query = `query Page($after: String) {
  journals(first: ${pageSize}, after: $after) { nodes { id createdAt } pageInfo { hasNextPage endCursor } }
}`;

interface Page {
  data: { journals: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
}

/** Measures the gateway's processor time per journal while a client pages through 100,000 journals, 1,000 per day. */
export async function measurePages(): Promise<void> {
  const sandbox = await fillSandbox(days);
  const server = await ServerProcess.start('gateway', sandbox.url, {
    APCA_BROKER_KEY_ID: 'sandbox',
    APCA_BROKER_SECRET_KEY: 'sandbox',
  });
  const connection = new BenchConnection(server.port);
  const ids = new Set<string>();
  const costs: number[] = [];
  let after: string | null = null;
  // The first pages are a warm-up, after which the client begins again.
  for (let page = 0; page < 20; page += 1) after = (await read(connection, after)).endCursor;
  after = null;
  for (let hasNextPage = true; hasNextPage;) {
    const used = server.processorSeconds;
    const { journals, ...pageInfo }: Awaited<ReturnType<typeof read>> = await read(connection, after);
    costs.push((server.processorSeconds - used) * 1_000_000);
    for (const { id } of journals) ids.add(id);
    after = pageInfo.endCursor;
    ({ hasNextPage } = pageInfo);
  }
  connection.close();
  await server.stop();
  await sandbox.close();
  console.log(`\nprocessor time of the gateway per journal, for ${ids.size} journals in pages of ${pageSize}`);
  for (const quarter of [0, 1, 2, 3]) {
    const part = costs.slice((quarter * costs.length) / 4, ((quarter + 1) * costs.length) / 4);
    const sum = part.reduce((total, cost) => total + cost, 0);
    console.log(`quarter ${quarter + 1}`.padEnd(22), `${(sum / part.length / pageSize).toFixed(1)} µs`);
  }
}

async function read(connection: BenchConnection, after: string | null) {
  const { status, body } = await connection.send(postOf(JSON.stringify({ query, variables: { after } })));
  if (status !== 200) throw new Error(`unexpected: ${status} ${body}`);
  const { nodes, pageInfo } = (JSON.parse(body) as Page).data.journals;
  return { journals: nodes, ...pageInfo };
}
