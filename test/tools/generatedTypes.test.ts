import { describe, expect, it } from 'vitest';

import { areToolsLeftOut, runTool } from '../kit/tools.ts';

describe.skipIf(areToolsLeftOut('the checks of the generated types'))('the generated types of the examples', () => {
  it('are those of graphql-codegen, without a warning; npm run generate brings them up to date', async () => {
    const { code, output } = await runTool('graphql-codegen', ['--config', 'codegen.js', '--check']);

    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).not.toMatch(/warn|deprecat/i);
  });

  it('are those of relay-compiler, without a warning; npm run generate brings them up to date', async () => {
    const { code, output } = await runTool('relay-compiler', ['relay.config.json', '--validate']);

    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).not.toMatch(/warn|deprecat/i);
  });
});
