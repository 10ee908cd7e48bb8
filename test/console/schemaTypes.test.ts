import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { temporaryFolder } from '../kit/temporaryFolder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

it("the types of the console's documents match schema.graphql; npm run schema updates them", async () => {
  const output = join(await temporaryFolder(), 'schemaTypes.d.ts');
  const command = ['gql.tada', 'generate', 'output', '-c', 'console/tsconfig.json', '-o', output];

  const { status, stderr } = spawnSync('npx', command, { cwd: root, encoding: 'utf8' });

  expect({ status, stderr }).toMatchObject({ status: 0 });
  const kept = await readFile(join(root, 'console/src/graphql/schemaTypes.d.ts'), 'utf8');
  expect(kept).toBe(await readFile(output, 'utf8'));
});
