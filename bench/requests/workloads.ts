import { aliasesRequest, createRequest, journalId, journalRequest, listRequest } from '../limits/clientRequests.ts';
import type { ClientRequest } from '../limits/clientRequests.ts';
import { accounts } from '../limits/JournalsStub.ts';
import { postOf } from '../limits/postOf.ts';

export type Kind = ClientRequest['kind'] | 'aliases';
export const kinds: readonly Kind[] = ['list', 'journal', 'create', 'aliases'];

/**
 * The workloads: a list of 100 journals with about ten fields each, one journal, a create, and twenty aliases of ten
 * journals.
 */
export const workloads: Record<Kind, { requestOf: (index: number) => Omit<ClientRequest, 'kind'> }> = {
  list: { requestOf: listRequest },
  journal: { requestOf: journalRequest },
  create: { requestOf: () => createRequest() },
  aliases: { requestOf: aliasesRequest },
};

/** The same for Hive Gateway, whose schema has the API's own names and no connections. */
export const hiveWorkloads: typeof workloads = {
  list: {
    requestOf: (index) => {
      const after = new Date(Date.UTC(2018, 0, 1 + (index % 2_500))).toISOString().slice(0, 10);
      const query = `query Journals($after: String) { journals(after: $after) { ...Shown } } ${hiveFields}`;
      return { text: postOf(JSON.stringify({ query, variables: { after } })), expected: '"qty"' };
    },
  },
  journal: {
    requestOf: (index) => {
      const query = `query Journal($id: String!) { journal(id: $id) { ...Shown } } ${hiveFields}`;
      return { text: postOf(JSON.stringify({ query, variables: { id: journalId(index) } })), expected: '"net_amount"' };
    },
  },
  create: {
    requestOf: () => {
      const query = 'mutation Create($input: NewJournal_Input!) { createJournal(input: $input) { id status } }';
      const input = { entry_type: 'JNLC', from_account: accounts.from, to_account: accounts.to, amount: '0.01' };
      return { text: postOf(JSON.stringify({ query, variables: { input } })), expected: '"createJournal"' };
    },
  },
  aliases: {
    requestOf: (index) => {
      const ids = Array.from({ length: 10 }, (_, at) => journalId(index * 10 + at));
      const names = ids.map((_, at) => `$id${at}: String!`).join(' ');
      const aliases = Array.from({ length: 20 }, (_, at) => `a${at}: journal(id: $id${at % 10}) { ...Shown }`).join(
        ' ',
      );
      const query = `query Aliases(${names}) { ${aliases} } ${hiveFields}`;
      const variables = Object.fromEntries(ids.map((id, at) => [`id${at}`, id]));
      return { text: postOf(JSON.stringify({ query, variables })), expected: '"a19"' };
    },
  },
};

const hiveFields = `fragment Shown on Journal {
  id entry_type status from_account to_account settle_date created_at description net_amount currency symbol qty price
}`;
