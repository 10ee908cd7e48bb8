import { readdirSync, readFileSync } from 'node:fs';

import prettier from 'prettier';
import { describe, expect, it } from 'vitest';

import { variableTables } from '../src/config/readConfig.ts';
import { errorCodes } from '../src/errors/errorCodes.ts';
import { steps } from '../src/engine/steps.ts';

const root = new URL('../', import.meta.url);

const pages = [
  'README.md',
  ...readdirSync(new URL('docs', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

function rows(markdown: string, heading: string): Set<string> {
  const section = markdown.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return new Set([...section.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name));
}

/** Returns a Markdown table. */
function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Returns the page with this text as the first table below a heading, formatted by Prettier. */
async function withTable(page: string, heading: string, text: string): Promise<string> {
  const parts = read(page).split(/^(?=## )/m);
  const index = parts.findIndex((part) => part.startsWith(`## ${heading}`));
  expect(index, `${page} has no section "${heading}"`).not.toBe(-1);
  const replaced = parts.map((part, at) => (at === index ? part.replace(/(?:^\|.*\n)+/m, () => `${text}\n`) : part));
  return prettier.format(replaced.join(''), { ...(await prettier.resolveConfig(page)), parser: 'markdown' });
}

const code = (word: string) => `\`${word}\``;

/** `npm run docs` writes the tables that differ. */
describe('the tables that are generated from the source', () => {
  it('docs/operating.md lists every environment variable', async () => {
    const body = variableTables
      .flatMap((variables) => Object.values(variables))
      .map(({ name, fallback, about }) => [code(name), fallback ? code(fallback) : '', about]);
    const page = await withTable('docs/operating.md', 'Configuration', table(['variable', 'default', 'meaning'], body));

    await expect(page).toMatchFileSnapshot('../docs/operating.md');
  });

  it('docs/errors.md lists every error code', async () => {
    const body = Object.entries(errorCodes).map(([name, { meaning, ...rest }]) => [
      code(name),
      meaning,
      'extensions' in rest ? rest.extensions.map(code).join(', ') : '',
    ]);
    const text = table(['code', 'meaning', 'further extensions'], body);

    await expect(await withTable('docs/errors.md', 'Entries of', text)).toMatchFileSnapshot('../docs/errors.md');
  });

  it('docs/architecture.md lists every step of the engine', async () => {
    const body = steps.map(({ run, does, before, because }) => [
      code(run.name),
      does,
      before.map(code).join(', '),
      because,
    ]);
    const text = table(['step', 'what it does', 'must come before', 'because'], body);

    await expect(await withTable('docs/architecture.md', 'The steps', text)).toMatchFileSnapshot(
      '../docs/architecture.md',
    );
  });
});

describe('docs/errors.md', () => {
  it("lists exactly the schema's types that implement JournalError", () => {
    const types = [...read('schema.graphql').matchAll(/^type (\w+) implements JournalError/gm)].map(
      ([, name = '']) => name,
    );

    expect([...rows(read('docs/errors.md'), 'Members of')].sort()).toEqual(types.sort());
  });
});

describe('docs', () => {
  it('state the version of Node with which each figure was measured', () => {
    const paragraphs = pages.flatMap((page) =>
      read(page)
        .split('\n\n')
        .map((text) => ({ page, text })),
    );
    const figures = paragraphs.filter(({ text }) =>
      /measured on|cores of an|EPYC cores|shared cores|same machine/i.test(text),
    );

    expect(figures.length).toBeGreaterThan(5);
    expect(figures.filter(({ text }) => !/Node \d+\.\d+\.\d+/.test(text))).toEqual([]);
  });

  it('name only files that exist', () => {
    const broken = pages.flatMap((page) =>
      [
        ...[...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
          ([, target = '']) => new URL(target, new URL(page, root)),
        ),
        ...[...read(page).matchAll(/`(test\/[\w./]+)`/g)].map(([, path = '']) => new URL(path, root)),
      ]
        .filter((target) => !exists(target))
        .map((target) => `${page}: ${target.pathname}`),
    );

    expect(broken).toEqual([]);
  });
});

function exists(target: URL): boolean {
  try {
    readFileSync(target);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}
