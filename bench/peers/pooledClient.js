import DataLoader from 'dataloader';
import { Pool } from 'undici';

import { authorization, listPath, upstreamUrl } from './journalsApi.js';

const pool = new Pool(upstreamUrl, { connections: 16 });

export async function call(method, path, body) {
  const headers = body === undefined ? { authorization } : { authorization, 'content-type': 'application/json' };
  const response = await pool.request({ method, path, headers, body: body && JSON.stringify(body) });
  return response.body.json();
}

/** Creates the context of one operation, in which each journal is read once. */
export function createContext() {
  const journals = new DataLoader((ids) => Promise.all(ids.map((id) => call('GET', `/v1/journals/${id}`))));
  return {
    read: (id) => journals.load(id),
    list: (createdAfter) => call('GET', listPath(createdAfter)),
    create: (body) => call('POST', '/v1/journals', body),
  };
}
