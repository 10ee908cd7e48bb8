import { describe, expect, it } from 'vitest';

import type { KeyEntry } from '../../src/auth/keyFile.ts';
import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { customer, otherCustomer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { openDownload, readToEnd } from '../kit/download.ts';
import { openJournalsClient } from '../kit/openJournalsClient.ts';
import { transmitter } from '../kit/planted.ts';
import { startBoth, startGateway, startSandbox } from '../kit/startGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';

type Row = Record<string, string | null>;
interface NdjsonFile {
  rows: Row[];
  end?: { count: number; cursor: string | null };
  incomplete?: { code: string; message: string; cursor: string | null };
}

function fileAt(url: string, name: string, query = ''): string {
  return url.replace('/graphql', `/${name}${query === '' ? '' : `?${query}`}`);
}

async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Returns the complete lines; a line that is cut off is omitted. */
function readNdjson(text: string): NdjsonFile {
  const file: NdjsonFile = { rows: [] };
  for (const line of text.split('\n').slice(0, -1)) {
    const value = JSON.parse(line) as Row & Pick<NdjsonFile, 'end' | 'incomplete'>;
    if ('id' in value) file.rows.push(value);
    else Object.assign(file, value);
  }
  return file;
}

/** Creates journals with the API of the sandbox, without the gateway. */
async function fill(sandbox: Sandbox, count: number, description: (index: number) => string): Promise<void> {
  const client = openJournalsClient(sandbox.url);
  for (let from = 0; from < count; from += 400) {
    const entries = Array.from({ length: Math.min(400, count - from) }, (_, position) => ({
      toAccount: customer,
      amount: '0.01',
      description: description(from + position),
    }));
    await client.createBatch({ fromAccount: sweep, entries }, `fill-${from}`);
  }
}

describe('an export', () => {
  it('contains every journal once, in the order of the connection, and ends with their number', async () => {
    const { gateway, sandbox } = await startBoth({ clockMode: 'manual' });
    await fill(sandbox, 1_201, (index) => `row ${index}`);

    const { status, headers, text } = await get(fileAt(gateway.url, 'journals.ndjson'));

    const { rows, end } = readNdjson(text);
    const page = '{ journals(first: 500) { nodes { id } } }';
    const { data } = await ask<{ journals: { nodes: { id: string }[] } }>(gateway.url, page);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(new Set(rows.map(({ description }) => description)).size).toBe(1_201);
    expect(rows.slice(0, 500).map(({ id }) => id)).toEqual(data?.journals.nodes.map(({ id }) => id));
    expect(end).toEqual({ count: 1_201, cursor: rows.at(-1)?.['cursor'] });
  });

  it('is written as CSV with exact amounts, quoted texts and escaped formulas', async () => {
    const { gateway } = await startBoth();
    const create = `mutation ($input: CreateJournalInput!) { createJournal(input: $input) { __typename } }`;
    for (const description of [
      '=HYPERLINK("http://x")',
      '+1',
      '-1+2',
      '@SUM(A1)',
      'a "quoted", text',
      'two\nlines',
      '-1.50',
    ]) {
      const input = { jnlc: { fromAccount: sweep, toAccount: customer, amount: '10.10', description } };
      await ask(gateway.url, create, { input });
    }

    const { headers, text } = await get(fileAt(gateway.url, 'journals.csv'));

    const lines = text.split('\r\n');
    const [head = '', ...rows] = lines.slice(0, -2);
    const columns = head.split(',');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toBe('attachment; filename="journals.csv"');
    expect(columns.slice(0, 3)).toEqual(['id', 'entryType', 'status']);
    expect(rows.map((row) => row.split(',')[columns.indexOf('netAmount')])).toEqual(rows.map(() => '10.10'));
    expect(rows).toHaveLength(7);
    for (const cell of [
      `,"'=HYPERLINK(""http://x"")",`,
      `,'+1,`,
      `,'-1+2,`,
      `,'@SUM(A1),`,
      ',"a ""quoted"", text",',
      ',"two\nlines",',
      ',-1.50,',
    ]) {
      expect(text).toContain(cell);
    }
    expect(lines.at(-2)).toMatch(/^#end,7,,.*,[\w-]+={0,2}$/);
  });

  it('supports the filters of the connection', async () => {
    const { gateway } = await startBoth();
    const create = `mutation ($input: CreateJournalInput!) { createJournal(input: $input) { __typename } }`;
    for (const toAccount of [customer, otherCustomer]) {
      await ask(gateway.url, create, { input: { jnlc: { fromAccount: sweep, toAccount, amount: '1' } } });
    }
    const shares = { fromAccount: sweep, toAccount: customer, symbol: 'AAPL', qty: '1.5' };
    await ask(gateway.url, create, { input: { jnls: shares } });
    const today = new Date().toISOString().slice(0, 10);
    const count = async (query: string) =>
      readNdjson((await get(fileAt(gateway.url, 'journals.ndjson', query))).text).rows.length;

    expect(await count(`toAccount=${otherCustomer}`)).toBe(1);
    expect(await count(`fromAccount=${sweep}&entryType=JNLS`)).toBe(1);
    expect(await count(`createdAfter=${today}&createdBefore=${today}`)).toBe(3);
    expect(await count('createdBefore=2020-01-01')).toBe(0);
    expect(await count('status=REJECTED&status=CANCELED')).toBe(0);
  });

  it.each([
    ['a misspelled filter', 'from_account=x', 'BAD_USER_INPUT'],
    ['a filter that is given twice', 'entryType=JNLC&entryType=JNLS', 'BAD_USER_INPUT'],
    ['an unknown status', 'status=GONE', 'BAD_USER_INPUT'],
    ['an invalid date', 'createdAfter=yesterday', 'BAD_USER_INPUT'],
    ['an invalid cursor', 'after=x', 'BAD_USER_INPUT'],
  ])('is refused with 400 for %s', async (_what, query, code) => {
    const { gateway } = await startBoth();

    const { status, text } = await get(fileAt(gateway.url, 'journals.csv', query));

    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(text).not.toContain('"http"');
  });

  it('is refused for other methods and for pages of other origins', async () => {
    const { gateway } = await startBoth();
    const url = fileAt(gateway.url, 'journals.csv');

    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    expect((await get(url, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await get(url, { 'sec-fetch-site': 'none' })).status).toBe(200);
    expect((await get(url, { origin: 'https://evil.example' })).status).toBe(403);
  });

  it('responds with an error status if its first page fails', async () => {
    const { gateway, sandbox } = await startBoth();
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'answer', status: 401, when: 'before', probability: 1, operations: ['listJournals'] }],
    });

    const { status, text } = await get(fileAt(gateway.url, 'journals.csv'));

    expect(status).toBe(502);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'UPSTREAM_CREDENTIALS_REFUSED' } }] });
  });

  it('is limited like the operations of its principal', async () => {
    const sandbox = await startSandbox();
    const { url } = await startGateway(sandbox.url, {}, { limits: { maxPerSecond: 1 } });
    await get(fileAt(url, 'journals.csv'));

    const { status, headers } = await get(fileAt(url, 'journals.csv'));

    expect(status).toBe(429);
    expect(headers.get('retry-after')).not.toBeNull();
  });

  it('waits while its principal is at its rate limit, and then continues', async () => {
    const sandbox = await startSandbox();
    const { url } = await startGateway(sandbox.url, {}, { limits: { maxPerSecond: 1 } });
    await fill(sandbox, 600, (index) => `row ${index}`);

    const { text } = await get(fileAt(url, 'journals.ndjson'));

    expect(readNdjson(text).end?.count).toBe(600);
  });
});

describe('an export that its client does not read', () => {
  const pages = 4;
  /** Three kilobytes each: together more than the network's buffers hold. */
  const description = (index: number) => `${index} `.padEnd(1_024, '漢');

  it('stops reading journals, is cut off as incomplete by a shutdown, and continues after its last cursor', async () => {
    // On this clock the journals keep their first status. Settling all of them would take as long as creating them.
    const { gateway, sandbox } = await startBoth({ clockMode: 'manual' });
    await fill(sandbox, pages * 500, description);
    const url = fileAt(gateway.url, 'journals.ndjson');
    const response = await openDownload(url);
    // While this second export is read to its end, the first would end too if it did not wait for its client.
    expect(readNdjson((await get(url)).text).end?.count).toBe(pages * 500);

    const closing = gateway.close();
    const { text, isWhole } = await readToEnd(response);
    await closing;
    const first = readNdjson(text);
    const restarted = await startGateway(sandbox.url);
    const cursor = first.incomplete?.cursor ?? '';
    const rest = readNdjson((await get(fileAt(restarted.url, 'journals.ndjson', `after=${cursor}`))).text);

    expect(isWhole).toBe(false);
    expect(first.incomplete).toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(first.rows.length).toBeLessThan(pages * 500);
    expect(cursor).toBe(first.rows.at(-1)?.['cursor']);
    expect(rest.end?.count).toBe(pages * 500 - first.rows.length);
    const ids = new Set([...first.rows, ...rest.rows].map(({ id }) => id));
    expect(ids.size).toBe(pages * 500);
  }, 120_000);
});

describe('the content of an export', () => {
  const rights = {
    officer: { scopes: ['journals:read', 'journals:write', 'journals:travel-rule'], fromAccounts: ['*'] },
    reader: { scopes: ['journals:read'] },
    writer: { scopes: ['journals:write'], fromAccounts: ['*'] },
    own: { scopes: ['journals:read'], accounts: [customer] },
    other: { scopes: ['journals:read'], accounts: [otherCustomer] },
    powerless: { scopes: [] },
  } satisfies Record<string, Partial<KeyEntry>>;

  it('follows the rights of the principal, Travel Rule data included', async () => {
    const sandbox = await startSandbox();
    const { url, credentials, ask: askAs } = await startWithKeys(sandbox.url, rights);
    const create = `mutation ($input: CreateJournalInput!) { createJournal(input: $input) { __typename } }`;
    const input = { jnlc: { fromAccount: sweep, toAccount: customer, amount: '1', ...transmitter } };
    await askAs('officer', create, { input });

    const found: Record<string, unknown> = {};
    for (const name of ['nobody', ...Object.keys(rights)]) {
      const authorization = new Map(Object.entries(credentials)).get(name);
      for (const file of ['journals.csv', 'journals.ndjson']) {
        const { status, text } = await get(fileAt(url, file), authorization ? { authorization } : {});
        const sees = [customer, transmitter.transmitterName].map((word) => text.includes(word));
        found[`${name} ${file}`] = status === 200 ? sees : status;
      }
    }

    const expected = {
      nobody: 401,
      officer: [true, true],
      reader: [true, false],
      writer: 403,
      own: [true, false],
      other: [false, false],
      powerless: 403,
    };
    expect(found).toEqual(
      Object.fromEntries(
        Object.entries(expected).flatMap(([name, word]) =>
          ['journals.csv', 'journals.ndjson'].map((file) => [`${name} ${file}`, word]),
        ),
      ),
    );
  });
});
