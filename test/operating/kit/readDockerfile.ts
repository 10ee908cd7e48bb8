import { readFileSync } from 'node:fs';

export interface Instruction {
  /** The name of the instruction, in upper case. */
  name: string;
  /** The arguments, without flags such as `--from`. */
  text: string;
  flags: Record<string, string>;
}

export interface Stage {
  /** The image or the other stage that this stage is based on. */
  from: string;
  name: string | null;
  instructions: Instruction[];
}

/** Parses a Dockerfile into its stages. Continuation lines are joined. */
export function readDockerfile(path: URL): Stage[] {
  const text = readFileSync(path, 'utf8').replaceAll(/\\\n\s*/g, '');
  const stages: Stage[] = [];
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const [, name = '', rest = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    const flags: Record<string, string> = {};
    const bare = rest.replaceAll(/--([\w-]+)=(\S+) +/g, (_all, flag: string, value: string) => {
      flags[flag] = value;
      return '';
    });
    if (name === '') throw new Error(`can't parse this line of the Dockerfile: ${line}`);
    if (name === 'FROM') {
      const [from = '', , stage = null] = bare.split(' ');
      stages.push({ from, name: stage, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push({ name, text: bare, flags });
    }
  }
  return stages;
}
