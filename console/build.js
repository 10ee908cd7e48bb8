// Builds the console into dist/console, unless it was built from the same files before.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const root = new URL('../', import.meta.url);
const output = new URL('dist/console/', root);
/** Contains the hash of everything that the output depends on. */
const stamp = new URL('.inputs', output);

const inputs = hashInputs();
if (readStamp() !== inputs) {
  const { build } = await import('vite');
  await build({ configFile: 'console/vite.config.ts', root: 'console', logLevel: 'warn' });
  await compressAssets();
  // Written last, so that an interrupted build is repeated.
  writeFileSync(stamp, inputs);
}

function hashInputs() {
  const folder = new URL('console/', root);
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .sort();
  const hash = createHash('sha256');
  for (const name of [...names, new URL('package-lock.json', root)])
    hash.update(`${name}\0`).update(readFileSync(name));
  return hash.digest('hex');
}

function readStamp() {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return null;
  }
}

async function compressAssets() {
  const assets = new URL('assets/', output);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await Promise.all(
    readdirSync(assets).map(async (name) => {
      const content = readFileSync(new URL(name, assets));
      writeFileSync(new URL(`${name}.br`, assets), await promisify(brotliCompress)(content, quality));
      writeFileSync(new URL(`${name}.gz`, assets), await promisify(gzip)(content, { level: 9 }));
    }),
  );
}
