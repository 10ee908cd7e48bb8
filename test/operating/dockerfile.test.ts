import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { freePort } from '../kit/freePort.ts';
import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { closeLater } from '../kit/closeLater.ts';
import { apiSecret } from '../kit/planted.ts';
import { startSandbox } from '../kit/startGateway.ts';

import { readDockerfile } from './kit/readDockerfile.ts';
import type { Instruction, Stage } from './kit/readDockerfile.ts';

const root = new URL('../../', import.meta.url);
const stages = readDockerfile(new URL('Dockerfile', root));
const final = stages.at(-1);
/** Debian's user `nobody`. Tests that don't run as root can't change the user and need not. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

function only(stage: Stage | undefined, name: string): Instruction {
  const found = stage?.instructions.filter((each) => each.name === name) ?? [];
  expect(found.map(({ text }) => text)).toHaveLength(1);
  return found[0] ?? { name, text: '', flags: {} };
}

/** Returns the versions of Node that `.ci/run` tests, oldest first. */
function testedNodeVersions(): number[] {
  const [, versions = ''] = /^for version in ([\d ]+);/m.exec(readFileSync(new URL('.ci/run', root), 'utf8')) ?? [];
  return versions.split(' ').map(Number);
}

function words(instruction: Instruction): string[] {
  return JSON.parse(instruction.text.replace(/^CMD /, '')) as string[];
}

/** Runs a program as `nobody` with only this environment. */
function run(argv: readonly string[], cwd: string, env: Record<string, string>) {
  const [program = '', ...others] = argv;
  const child = spawn(program, others, { cwd, env: { PATH: process.env['PATH'], ...env }, ...nobody });
  closeLater(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { child, exit, output: () => output };
}

// For many files, one process is faster than one call of `chmod` per file.
const runHere = promisify(execFile);
const chmodAll = (mode: string, folder: string) => runHere('chmod', ['-R', mode, folder]);

/** Returns the packages that an npm command would install in a folder. */
async function packagesOf(command: string, folder: string): Promise<string[]> {
  const { code, output } = await run(['sh', '-c', `${command} --dry-run`], folder, { HOME: folder }).exit;
  expect({ code, output }).toMatchObject({ code: 0 });
  return [...new Set([...output.matchAll(/^add (\S+) \S+$/gm)].map(([, name = '']) => name))];
}

describe('the Dockerfile', () => {
  it('uses the newest tested Node, keeps nothing of the build, and runs node without root and without a shell that would catch SIGTERM', () => {
    const { text: user } = only(final, 'USER');

    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(words(only(final, 'ENTRYPOINT'))).toEqual(['node', 'dist/cli/main.js']);
    expect(words(only(final, 'CMD'))).toEqual(['serve']);
    expect(only(final, 'HEALTHCHECK').text).toMatch(/^CMD \["node"/);
    expect(final?.instructions.filter(({ name }) => name === 'RUN')).toEqual([]);
    expect(new Set(stages.map(({ from }) => from))).toEqual(
      new Set([`node:${testedNodeVersions().at(-1)}-bookworm-slim`]),
    );
    expect(JSON.stringify(stages)).not.toMatch(/SECRET|PASSWORD|"ARG"/);
  });

  it('copies only existing files', async () => {
    const there = await readdir(root);
    const copied = stages.flatMap(({ instructions }) =>
      instructions
        .filter(({ name, flags }) => name === 'COPY' && !flags['from'])
        .flatMap(({ text }) => text.split(' ').slice(0, -1)),
    );

    for (const path of copied) expect(there).toContain(path);
  });

  it(
    'starts without root from a read-only tree with the packages it installs and no others, and exits with 0 on SIGTERM',
    { timeout: 90_000 },
    async () => {
      const folder = await temporaryFolder(tmpdir());
      closeLater(() => chmodAll('u+w', folder));
      await chmod(folder, 0o755);
      const [install, app] = [join(folder, 'install'), join(folder, 'app')];
      for (const path of [install, app]) await mkdir(path);
      if (nobody.uid !== undefined) await chown(install, nobody.uid, nobody.gid);

      const dependencies = stages.find(({ name }) => name === 'dependencies');
      for (const path of only(dependencies, 'COPY').text.split(' ').slice(0, -1)) {
        await cp(new URL(path, root), join(install, path));
      }
      const packages = await packagesOf(only(dependencies, 'RUN').text, install);
      expect(packages).toContain('graphql');
      expect(packages).not.toContain('vitest');

      // Build the image from the files here. Installing the same packages again would take most of the test's time.
      for (const { text, flags } of final?.instructions.filter(({ name }) => name === 'COPY') ?? []) {
        const [from = '', to = ''] = text.split(' ');
        const target = join(app, to.endsWith('/') ? join(to, basename(from)) : to);
        if (flags['from'] === 'dependencies') {
          expect([from, to]).toEqual(['/app/node_modules', './node_modules']);
          const paths = packages.map((name) => `node_modules/${name}`);
          await runHere('cp', ['-R', '--parents', ...paths, app], { cwd: fileURLToPath(root) });
        } else {
          await cp(new URL(basename(from), root), target, { recursive: true });
        }
      }
      await chmodAll('a=rX', app);
      const keys = join(folder, 'keys.json');
      await writeKeyFile(keys, [newKey('ann')]);
      await chmod(keys, 0o444);
      const [sandbox, port, adminPort] = [await startSandbox(), await freePort(), await freePort()];
      const environment = {
        ...Object.fromEntries(
          only(final, 'ENV')
            .text.split(' ')
            .map((pair) => pair.split('=') as [string, string]),
        ),
        PORT: String(port),
        ADMIN_PORT: String(adminPort),
        AUTH: 'api-key',
        AUTH_API_KEYS_FILE: keys,
        APCA_BROKER_BASE_URL: sandbox.url,
        APCA_BROKER_KEY_ID: 'sandbox',
        APCA_BROKER_SECRET_KEY: apiSecret,
      };
      const gateway = run([...words(only(final, 'ENTRYPOINT')), ...words(only(final, 'CMD'))], app, environment);
      while (!gateway.output().includes(`GraphQL`))
        await Promise.race([
          once(gateway.child.stdout, 'data'),
          gateway.exit.then(({ output }) => {
            throw new Error(output);
          }),
        ]);

      expect((await fetch(`http://127.0.0.1:${adminPort}/ready`)).status).toBe(200);
      const health = words(only(final, 'HEALTHCHECK'));
      expect(await run(health, app, environment).exit).toEqual({ code: 0, output: '' });
      expect(await run(health, app, { ...environment, PORT: String(await freePort()) }).exit).toMatchObject({
        code: 1,
      });
      gateway.child.kill('SIGTERM');
      expect(await gateway.exit).toMatchObject({ code: 0 });
    },
  );
});
