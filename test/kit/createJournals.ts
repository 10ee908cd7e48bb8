import { customer, sweep } from './accounts.ts';
import { ask } from './ask.ts';

interface Created {
  createJournal: { journal?: { id: string }; message?: string };
}

/** Creates a journal of one dollar through the gateway and returns its id. */
export async function createJournal(url: string, description = ''): Promise<string> {
  const { data, errors } = await ask<Created>(
    url,
    `mutation ($description: String) {
      createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1", description: $description } }) {
        ... on CreateJournalSuccess { journal { id } }
        ... on JournalError { message }
      }
    }`,
    { description },
  );
  const id = data?.createJournal.journal?.id;
  if (id === undefined) throw new Error(`no journal: ${JSON.stringify(errors ?? data)}`);
  return id;
}

/** Creates journals one after another and returns their ids. */
export async function createJournals(url: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push(await createJournal(url));
  return ids;
}
