import { readFileSync } from 'node:fs';

import { buildSchema } from 'graphql';
import prettier from 'prettier';
import { describe, expect, it } from 'vitest';

import { schema } from '../src/schema/schema.ts';

import { schemaPage } from './kit/schemaPage.ts';

describe('docs/schema.md', () => {
  it('is generated from the descriptions of the schema; npm run docs updates it', async () => {
    const options = await prettier.resolveConfig('docs/schema.md');
    const page = await prettier.format(schemaPage(schema), { ...options, parser: 'markdown' });

    await expect(page).toMatchFileSnapshot('../docs/schema.md');
  });

  it('has a section for each type, and each link leads to a section', () => {
    const page = readFileSync(new URL('../docs/schema.md', import.meta.url), 'utf8');
    const sections = new Set([...page.matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name.toLowerCase()));
    const links = [...page.matchAll(/\]\(#(\w+)\)/g)].map(([, name = '']) => name);

    expect(sections.size).toBeGreaterThan(50);
    expect(links.filter((name) => !sections.has(name))).toEqual([]);
  });
});

describe('the page of a schema', () => {
  it('describes every type, field, argument, default and value', () => {
    const page = schemaPage(
      buildSchema(`
        "Reads." type Query implements Node { "Finds." find("The | words." words: [Word!]! = [GOOD]): Found "An id." id: ID! }
        "Has an id." interface Node { "An id." id: ID! }
        "A result." union Found = Query
        "A choice." input Choice @oneOf { "One." one: Int }
        "A word." enum Word { "Good." GOOD "Old." OLD @deprecated(reason: "Use GOOD.") }
        "A day." scalar Day @specifiedBy(url: "https://example.com/day")
      `),
    );

    expect(page.split('\n').filter((line) => line !== '' && !line.startsWith('| ---'))).toEqual([
      '# Schema',
      'Generated from the descriptions in `schema.graphql` by `npm run docs`.',
      '## Operations',
      '### Query',
      'Reads.',
      'Implements [Node](#node).',
      '| field | type | meaning |',
      '| `find` | [Found](#found) | Finds. |',
      '| `find(words)` | \\[[Word](#word)!\\]! | The \\| words. Default: `["GOOD"]`. |',
      '| `id` | ID! | An id. |',
      '## Objects',
      '## Interfaces',
      '### Node',
      'Has an id.',
      'Implemented by [Query](#query).',
      '| field | type | meaning |',
      '| `id` | ID! | An id. |',
      '## Unions',
      '### Found',
      'A result.',
      'One of [Query](#query).',
      '## Inputs',
      '### Choice',
      'A choice.',
      'Exactly one field is given.',
      '| field | type | meaning |',
      '| `one` | Int | One. |',
      '## Enums',
      '### Word',
      'A word.',
      '| value | meaning |',
      '| `GOOD` | Good. |',
      '| `OLD` | Old. Deprecated: Use GOOD. |',
      '## Scalars',
      '### Day',
      'A day.',
      'Specified by <https://example.com/day>.',
    ]);
  });
});
