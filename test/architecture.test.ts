import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** The imports between the files of a source tree. Files are named by their paths below `src/`. */
interface SourceGraph {
  imports: readonly Import[];
  /** The number of lines of each file. */
  sizes: ReadonlyMap<string, number>;
}

interface Import {
  from: string;
  /** A path below `src/`, or `../…` for a file outside of `src/`. */
  to: string;
  isTypeOnly: boolean;
}

interface Rule {
  /** The rule as a sentence. */
  name: string;
  /** What to do if the rule is broken. */
  hint: string;
  /** Returns the imports, files or sizes that break the rule. */
  findBreaches: (graph: SourceGraph) => string[];
}

/** The layers from top to bottom. Layers in the same row import nothing from each other. */
const layers = [
  ['cli'],
  ['gateway', 'reconcile'],
  ['admin', 'tracing'],
  ['server', 'schema'],
  ['engine', 'resolvers'],
  ['context'],
  ['loaders', 'events', 'outcomes'],
  ['upstream'],
  ['errors'],
  ['domain'],
] as const;

const isAboveErrors = (layer: string) => !['domain', 'errors', 'sandbox'].includes(layer);

/** The modules beside the layers: which layers may import them, and what they may import themselves. */
const sideModules: Readonly<Record<string, { whoMayImportIt: (layer: string) => boolean; whatItImports: string[] }>> = {
  auth: {
    whoMayImportIt: (layer) => isAboveErrors(layer) && layer !== 'upstream',
    whatItImports: ['domain', 'errors', 'concurrency', 'log', 'lruCache'],
  },
  config: {
    whoMayImportIt: (layer) => ['cli', 'gateway', 'server', 'engine'].includes(layer),
    whatItImports: ['domain', 'errors'],
  },
  // What the sandbox may import is limited by a separate rule.
  concurrency: { whoMayImportIt: () => true, whatItImports: [] },
  plan: { whoMayImportIt: (layer) => layer === 'engine', whatItImports: [] },
  log: { whoMayImportIt: isAboveErrors, whatItImports: [] },
  lruCache: { whoMayImportIt: isAboveErrors, whatItImports: [] },
  redis: { whoMayImportIt: isAboveErrors, whatItImports: ['errors', 'concurrency', 'log'] },
};

const rules: readonly Rule[] = [
  {
    name: 'every file belongs to a layer',
    hint: 'put it into an existing folder of src, or add the new folder to this test and to the docs',
    findBreaches: ({ sizes }) => [...sizes.keys()].filter((file) => layerOf(file) !== 'sandbox' && !isPlaced(file)),
  },
  {
    name: 'imports go down only',
    hint: 'move what both need to the lower layer, or pass it as a value from src/gateway.ts',
    findBreaches: breachesOf(({ from, to }) => {
      const [upper, lower] = [rankOf(layerOf(from)), rankOf(layerOf(to))];
      return layerOf(from) === layerOf(to) || upper === null || lower === null || upper < lower;
    }),
  },
  {
    name: 'auth, concurrency, config, plan, log, lruCache and redis are imported only by layers that may use them, and import nothing above domain',
    hint: 'pass what is needed as an argument; the environment is read by cli and gateway alone',
    findBreaches: breachesOf(({ from, to }) => {
      const [importer, imported] = [layerOf(from), layerOf(to)];
      if (importer === imported || leavesSource(to)) return true;
      return (
        (sideModules[imported]?.whoMayImportIt(importer) ?? true) &&
        (sideModules[importer]?.whatItImports.includes(imported) ?? true)
      );
    }),
  },
  {
    name: 'server and engine get the schema and the context factory as values',
    hint: 'add it to EngineOptions and pass it from src/gateway.ts; types of context.ts may be imported',
    findBreaches: breachesOf(
      ({ from, to, isTypeOnly }) =>
        !['server', 'engine'].includes(layerOf(from)) ||
        !(['schema', 'resolvers'].includes(layerOf(to)) || (layerOf(to) === 'context' && !isTypeOnly)),
    ),
  },
  {
    name: 'sandbox shares nothing with the gateway but closeAll and the types of upstream/wire/apiBodies.ts',
    hint: 'write it again under src/sandbox, so that the sandbox does not share the mistakes of the gateway',
    findBreaches: breachesOf(
      ({ from, to, isTypeOnly }) =>
        layerOf(from) !== 'sandbox' ||
        layerOf(to) === 'sandbox' ||
        leavesSource(to) ||
        to === 'concurrency/closeAll.ts' ||
        (to === 'upstream/wire/apiBodies.ts' && isTypeOnly),
    ),
  },
  {
    name: 'only cli and gateway import the sandbox',
    hint: 'reach it over TCP like the real API',
    findBreaches: breachesOf(
      ({ from, to }) => layerOf(to) !== 'sandbox' || ['sandbox', 'cli', 'gateway'].includes(layerOf(from)),
    ),
  },
  {
    name: 'nothing in src imports what lies outside of src',
    hint: 'move it into src, or leave it to the tests',
    findBreaches: breachesOf(({ to }) => !leavesSource(to)),
  },
  {
    name: 'there are no circular imports, type imports included',
    hint: 'move what both need into a file of its own below both',
    findBreaches: ({ imports }) => findCycles(imports).map((cycle) => cycle.join(' > ')),
  },
  {
    name: 'no folder imports its own parent',
    hint: 'move what both need into a folder of its own beside the importing one',
    findBreaches: breachesOf(({ from, to }) => !posix.dirname(from).startsWith(`${posix.dirname(to)}/`)),
  },
  {
    name: 'no folders import each other circularly',
    hint: 'move the file that closes the cycle to the folder that needs it, or what both need to a folder below both',
    findBreaches: ({ imports }) =>
      findCycles(
        imports
          .map(({ from, to, ...rest }) => ({ from: posix.dirname(from), to: posix.dirname(to), ...rest }))
          .filter(({ from, to }) => from !== to && from.includes('/') && to.includes('/')),
      ).map((cycle) => cycle.join(' > ')),
  },
  {
    name: 'there are no barrels and no catch-all files',
    hint: 'name the file after its main export and import from there',
    findBreaches: ({ sizes }) =>
      [...sizes.keys()].filter((file) => /(?:^|\/)(?:index|utils?|helpers?|common|lib|types)(?:\.ts$|\/)/.test(file)),
  },
  {
    name: 'no file is longer than 400 lines, 9 of 10 stay under 200, and half have 80 at most',
    hint: 'move a part with a purpose of its own into a new file',
    findBreaches: ({ sizes }) => {
      const lines = [...sizes.values()].sort((first, second) => first - second);
      const at = (share: number) => lines[Math.floor((lines.length - 1) * share)] ?? 0;
      return [
        ...[...sizes].filter(([, size]) => size > 400).map(([file, size]) => `${file}: ${size} lines`),
        ...(at(0.9) >= 200 ? [`9 of 10 files have up to ${at(0.9)} lines`] : []),
        ...(at(0.5) > 80 ? [`half of the files have up to ${at(0.5)} lines`] : []),
      ];
    },
  },
];

describe('the source tree', () => {
  const graph = readSourceGraph(new URL('../src/', import.meta.url));

  it.each(rules)('keeps the rule: $name', ({ findBreaches, hint }) => {
    expect(findBreaches(graph), hint).toEqual([]);
  });

  it('is read completely: the imports on the paths of requests and of the sandbox are found', () => {
    const edges = graph.imports.map(({ from, to }) => `${from} > ${to}`);

    expect(edges).toEqual(
      expect.arrayContaining([
        'cli/serve.ts > gateway.ts',
        'gateway.ts > gateway/openUpstream.ts',
        'gateway/openUpstream.ts > sandbox/createSandbox.ts',
        'schema/createJournal.ts > resolvers/mutations/createJournal.ts',
        'resolvers/mutations/createJournal.ts > context.ts',
        'upstream/journals/JournalsClient.ts > domain/journal.ts',
        'server/http/PostDoor.ts > server/requests/DoorParts.ts',
        'server/yoga/useEngine.ts > server/requests/DoorParts.ts',
        'server/websocket/SocketProtocol.ts > server/requests/DoorParts.ts',
        'server/requests/DoorParts.ts > engine/Engine.ts',
      ]),
    );
  });
});

describe('the web console', () => {
  const { imports, sizes } = readSourceGraph(new URL('../console/src/', import.meta.url));

  it('imports nothing from outside of its folder', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.filter(({ to }) => leavesSource(to))).toEqual([]);
  });

  it('has no circular imports, and no file longer than 300 lines', () => {
    expect(findCycles(imports)).toEqual([]);
    expect([...sizes].filter(([file, size]) => size > 300 && !file.endsWith('.d.ts'))).toEqual([]);
  });
});

describe('the rules', () => {
  it.each([
    ['every file belongs to a layer', ['helm/steer.ts']],
    ['every file belongs to a layer', ['stray.ts']],
    ['imports go down only', ['domain/journal.ts > errors/faults.ts']],
    ['imports go down only', ['resolvers/journal.ts > schema/journal.ts']],
    ['imports go down only', ['resolvers/journal.ts > engine/Engine.ts (type)']],
    ['imports go down only', ['context.ts > resolvers/journal.ts (type)']],
    ['imports go down only', ['loaders/journalLoader.ts > events/feed/StatusHub.ts']],
    ['imports go down only', ['outcomes/OutcomeStore.ts > loaders/journalLoader.ts (type)']],
    ['imports go down only', ['schema/node.ts > server/http/PostDoor.ts (type)']],
    ['imports go down only', ['server/http/PostDoor.ts > schema/schema.ts (type)']],
    ['imports go down only', ['gateway.ts > cli/main.ts']],
    [
      'auth, concurrency, config, plan, log, lruCache and redis are imported only by layers that may use them',
      ['errors/faults.ts > auth/principal.ts (type)'],
    ],
    [
      'auth, concurrency, config, plan, log, lruCache and redis are imported only by layers that may use them',
      ['auth/authorize.ts > loaders/journalLoader.ts'],
    ],
    [
      'auth, concurrency, config, plan, log, lruCache and redis are imported only by layers that may use them',
      ['domain/journal.ts > log.ts (type)'],
    ],
    [
      'auth, concurrency, config, plan, log, lruCache and redis are imported only by layers that may use them',
      ['log.ts > config/readConfig.ts (type)'],
    ],
    [
      'auth, concurrency, config, plan, log, lruCache and redis are imported only by layers that may use them',
      ['resolvers/journals.ts > config/limits.ts (type)'],
    ],
    [
      'auth, concurrency, config, plan, log, lruCache and redis are imported only by layers that may use them',
      ['plan/compileOperation.ts > schema/schema.ts'],
    ],
    [
      'server and engine get the schema and the context factory as values',
      ['server/http/PostDoor.ts > schema/schema.ts'],
    ],
    ['server and engine get the schema and the context factory as values', ['engine/Engine.ts > context.ts']],
    [
      'server and engine get the schema and the context factory as values',
      ['engine/Engine.ts > resolvers/journal.ts (type)'],
    ],
    ['sandbox shares nothing', ['sandbox/rules.ts > domain/decimal.ts (type)']],
    ['sandbox shares nothing', ['sandbox/rules.ts > upstream/wire/apiBodies.ts']],
    ['sandbox shares nothing', ['sandbox/rules.ts > errors/faults.ts (type)']],
    ['sandbox shares nothing', ['sandbox/rules.ts > log.ts (type)']],
    ['only cli and gateway import the sandbox', ['server/http/HttpServer.ts > sandbox/createSandbox.ts (type)']],
    ['only cli and gateway import the sandbox', ['config/readConfig.ts > sandbox/domain/SandboxOptions.ts (type)']],
    ['nothing in src imports what lies outside', ['cli/main.ts > ../test/kit/ask.ts']],
    ['there are no circular imports', ['domain/a.ts > domain/b.ts', 'domain/b.ts > domain/a.ts (type)']],
    [
      'there are no circular imports',
      ['domain/a.ts > domain/b.ts', 'domain/b.ts > domain/c.ts', 'domain/c.ts > domain/a.ts'],
    ],
    ['there are no circular imports', ['domain/a.ts > domain/a.ts']],
    ['no folder imports its own parent', ['events/feed/StatusFeed.ts > events/StatusEvents.ts (type)']],
    ['no folder imports its own parent', ['engine/steps/a.ts > engine/Engine.ts']],
    [
      'no folders import each other circularly',
      ['sandbox/routes/a.ts > sandbox/http/b.ts', 'sandbox/http/c.ts > sandbox/routes/d.ts (type)'],
    ],
    ['there are no barrels', ['schema/index.ts']],
    ['there are no barrels', ['domain/utils.ts']],
    ['there are no barrels', ['server/helpers/close.ts']],
    ['no file is longer than 400 lines', ['domain/journal.ts = 401']],
    ['no file is longer than 400 lines', ['domain/a.ts = 200', 'domain/b.ts = 200']],
    ['no file is longer than 400 lines', ['domain/a.ts = 81']],
  ])('"%s" is broken by %j', (start, lines) => {
    const broken = rules.filter(({ findBreaches }) => findBreaches(graphOf(lines)).length > 0);

    expect(broken.map(({ name }) => name)).toContainEqual(expect.stringMatching(new RegExp(`^${start}`)));
  });

  it.each([
    [['cli/serve.ts > gateway.ts', 'cli/serve.ts > config/readConfig.ts', 'cli/sandbox.ts > sandbox/createSandbox.ts']],
    [['gateway.ts > engine/Engine.ts', 'gateway.ts > schema/schema.ts', 'gateway.ts > context.ts']],
    [['gateway.ts > auth/principal.ts', 'gateway.ts > config/readConfig.ts (type)', 'gateway.ts > log.ts (type)']],
    [['engine/Engine.ts > context.ts (type)', 'engine/errors/publicError.ts > errors/faults.ts']],
    [['schema/node.ts > resolvers/journal.ts', 'resolvers/journal.ts > auth/authorize.ts']],
    [
      [
        'loaders/journalLoader.ts > upstream/journals/JournalsClient.ts (type)',
        'auth/authorize.ts > domain/journal.ts',
      ],
    ],
    [
      [
        'sandbox/createSandbox.ts > upstream/wire/apiBodies.ts (type)',
        'upstream/transport/UpstreamConnection.ts > log.ts (type)',
      ],
    ],
    [['domain/a.ts > domain/b.ts', 'domain/a.ts > domain/c.ts', 'domain/b.ts > domain/c.ts']],
    [['domain/a.ts = 80', 'domain/b.ts = 400', 'domain/commonDays.ts = 1']],
  ])('hold for %j', (lines) => {
    const broken = rules.filter(({ findBreaches }) => findBreaches(graphOf(lines)).length > 0);

    expect(broken.map(({ name }) => name)).toEqual([]);
  });
});

function layerOf(file: string): string {
  return file.split('/')[0]?.replace(/\.ts$/, '') ?? '';
}

function leavesSource(file: string): boolean {
  return file.startsWith('../');
}

function rankOf(layer: string): number | null {
  const rank = layers.findIndex((row) => row.some((name) => name === layer));
  return rank === -1 ? null : rank;
}

/** Returns whether a file belongs to a layer or side module. Each of these is either a single file or a folder. */
function isPlaced(file: string): boolean {
  const layer = layerOf(file);
  // Only the gateway is both: a file, and a folder with its parts.
  const isRightKind = layer === 'gateway' || ['context', 'log', 'lruCache'].includes(layer) === !file.includes('/');
  return (rankOf(layer) !== null || layer in sideModules) && isRightKind;
}

function breachesOf(allows: (edge: Import) => boolean): Rule['findBreaches'] {
  return ({ imports }) => imports.filter((edge) => !allows(edge)).map(({ from, to }) => `${from} > ${to}`);
}

/** Returns the import cycles that a depth-first search finds, each as the list of its files. */
function findCycles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const cycles: string[][] = [];
  const done = new Set<string>();
  const walk = (file: string, trail: string[]) => {
    const met = trail.indexOf(file);
    if (met !== -1) cycles.push([...trail.slice(met), file]);
    if (met !== -1 || done.has(file)) return;
    for (const target of targets.get(file) ?? []) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const file of targets.keys()) walk(file, []);
  return cycles;
}

/**
 * Creates a graph from lines such as `a.ts > b.ts`, `a.ts > b.ts (type)`, `a.ts = 12` (its number of lines) and `a.ts`.
 */
function graphOf(lines: readonly string[]): SourceGraph {
  const imports: Import[] = [];
  const sizes = new Map<string, number>();
  for (const line of lines) {
    const [from = '', arrow, to = '', kind] = line.split(' ');
    sizes.set(from, arrow === '=' ? Number(to) : 1);
    if (arrow === '>') imports.push({ from, to, isTypeOnly: kind === '(type)' });
  }
  return { imports, sizes };
}

function readSourceGraph(root: URL): SourceGraph {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.tsx?$/.test(file));
  const texts = files.map((file) => [file, readFileSync(new URL(file, root), 'utf8')] as const);
  return {
    imports: texts.flatMap(([file, text]) => importsOf(file, text)),
    sizes: new Map(texts.map(([file, text]) => [file, text.split('\n').length - 1])),
  };
}

/** Returns the relative imports and re-exports of a file, in any form. Packages are not part of the graph. */
function importsOf(file: string, text: string): Import[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName, pos }) => ({
      from: file,
      to: posix.join(posix.dirname(file), fileName),
      isTypeOnly: isTypeOnly(text, pos),
    }));
}

/** Returns whether the statement with the module name at this position begins with `import type` or `export type`. */
function isTypeOnly(text: string, pos: number): boolean {
  const statement = text.slice(0, pos);
  const start = Math.max(...[...statement.matchAll(/^(?:import|export)\b/gm)].map(({ index }) => index));
  return /^(?:import|export)\s+type\b/.test(statement.slice(start));
}
