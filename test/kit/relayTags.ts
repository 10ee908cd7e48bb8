import type { Plugin } from 'vitest/config';

/** Replaces each Relay document with the artifact of relay-compiler, as Relay's Babel plugin does. */
export function relayTags(): Plugin {
  return {
    name: 'relay-tags',
    enforce: 'pre',
    transform: (code, file) => {
      if (!file.includes('/examples/relay/')) return null;
      const names: string[] = [];
      const replaced = code.replace(/\bgraphql`\s*\w+ (\w+)[^`]*`/g, (_document, name: string) => {
        names.push(name);
        return name;
      });
      return names.map((name) => `import ${name} from './generated/${name}.graphql.ts';`).join('') + replaced;
    },
  };
}
