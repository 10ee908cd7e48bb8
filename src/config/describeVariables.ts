import { variableTables } from './readConfig.ts';

const nameWidth = 36;
const lineWidth = 120;

/** Every variable of `serve` with its meaning, as lines of a help text. */
export function describeVariables(): string {
  return variableTables
    .flatMap((table) => Object.values(table))
    .map(({ name, about, fallback }) => {
      // Links and code marks are for the documentation.
      const plain = about
        .replace(/ \(\[[^\]]*\]\([^)]*\)\)|; see \[[^\]]*\]\([^)]*\)/g, '')
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
      const words = `${plain.replaceAll('`', '')}${fallback ? ` (default ${fallback})` : ''}`;
      return `  ${name.padEnd(nameWidth)}${wrap(words)}`;
    })
    .join('\n');
}

function wrap(words: string): string {
  const indent = `\n${' '.repeat(nameWidth + 2)}`;
  const width = lineWidth - nameWidth - 2;
  return words.replace(new RegExp(`(.{1,${width}})(?: |$)`, 'g'), `$1${indent}`).trimEnd();
}
