import { aliasesRequest, createRequest, journalRequest, listRequest } from '../limits/clientRequests.ts';
import type { ClientRequest } from '../limits/clientRequests.ts';

export type Kind = ClientRequest['kind'] | 'aliases';
export const kinds: readonly Kind[] = ['list', 'journal', 'create', 'aliases'];

/** A list of 100 journals with about ten fields each, one journal, a create, and twenty aliases of ten journals. */
export const workloads: Record<Kind, { requestOf: (index: number) => Omit<ClientRequest, 'kind'> }> = {
  list: { requestOf: listRequest },
  journal: { requestOf: journalRequest },
  create: { requestOf: () => createRequest() },
  aliases: { requestOf: aliasesRequest },
};
