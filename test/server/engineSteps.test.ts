import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { steps } from '../../src/engine/steps.ts';

const root = new URL('../../src/', import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

function filesWith(pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(readFileSync(new URL(file, root), 'utf8'))).sort();
}

describe('the steps of the engine', () => {
  const named = steps.map(({ run, ...step }) => ({ name: run.name, ...step }));
  const names = named.map(({ name }) => name);

  it.each(named)('$name comes before every step that it must come before', ({ name, before }) => {
    const laterNames = names.slice(names.indexOf(name) + 1);

    expect(laterNames).toEqual(expect.arrayContaining([...before]));
  });

  it('exist once each', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(files.filter((file) => file.startsWith('engine/steps/')).sort()).toEqual(
      names.map((name) => `engine/steps/${name}.ts`).sort(),
    );
  });

  it('are run by nothing but the engine', () => {
    expect(filesWith(/from '[./\w]*\/steps\/\w+\.ts'/)).toEqual(['engine/steps.ts']);
    expect(filesWith(/from '[./\w]*\/steps\.ts'/)).toEqual(['engine/Engine.ts']);
  });

  it('prepare first, then perform, then conclude', () => {
    const order = ['prepare', 'perform', 'conclude'];
    const phases = named.map(({ phase }) => order.indexOf(phase));

    expect(phases).toEqual([...phases].sort());
  });

  it('state a reason exactly when they must come before another step', () => {
    expect(named.filter(({ before, because }) => before.length > 0 !== (because !== ''))).toEqual([]);
  });
});

describe('the doors', () => {
  it('are three, and each hands its operations to the engine, as do exports and tools', () => {
    expect(filesWith(/\bengine\.(?:run|prepare|perform)\(/)).toEqual([
      'server/http/Endpoint.ts',
      'server/http/PostDoor.ts',
      'server/websocket/SocketProtocol.ts',
      'server/yoga/useEngine.ts',
    ]);
  });

  it("don't parse, validate or execute operations themselves", () => {
    const used =
      /import \{[^}]*\b(?:parse|validate|execute|subscribe|getOperationAST|getVariableValues)\b[^}]*\} from 'graphql'/;

    // Tools are described by the documents of the manifest, which are parsed at startup.
    expect(filesWith(used).filter((file) => file.startsWith('server/'))).toEqual(['server/mcp/documentTools.ts']);
    expect(filesWith(used)).toContain('engine/limits/parseBounded.ts');
  });
});
