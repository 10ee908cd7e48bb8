import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

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

/** Every code that the gateway's own sources can put into `extensions.code`. */
function codesInSources(): Set<string> {
  const files = readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.startsWith('sandbox'),
  );
  const found = files.flatMap((path) => [
    ...read(`src/${path}`).matchAll(/(?:\bcode(?: =|:)|withCode\(\w+,) '([A-Z]+(?:_[A-Z]+)*)'/g),
  ]);
  // Yoga says this one itself.
  return new Set([...found.map(([, code = '']) => code), 'REQUEST_ENTITY_TOO_LARGE']);
}

function rows(markdown: string, heading: string): Set<string> {
  const section = markdown.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return new Set([...section.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name));
}

describe('docs/errors.md', () => {
  it('lists exactly the codes that the sources have', () => {
    expect([...rows(read('docs/errors.md'), 'Entries of')].sort()).toEqual([...codesInSources()].sort());
  });

  it("lists exactly the schema's types that implement JournalError", () => {
    const types = [...read('schema.graphql').matchAll(/^type (\w+) implements JournalError/gm)].map(
      ([, name = '']) => name,
    );

    expect([...rows(read('docs/errors.md'), 'Members of')].sort()).toEqual(types.sort());
  });
});

describe('docs', () => {
  it('say with which Node each figure was measured', () => {
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
