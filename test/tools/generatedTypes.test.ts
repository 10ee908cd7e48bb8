import { describe, expect, it } from 'vitest';

import { shouldSkipWithoutTools, runTool } from '../kit/tools.ts';

describe.skipIf(shouldSkipWithoutTools('the checks of the generated types'))(
  'the generated types of the examples',
  () => {
    it('are what graphql-codegen generates, without a warning; npm run generate updates them', async () => {
      const { code, output } = await runTool('graphql-codegen', ['--config', 'codegen.js', '--check']);

      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).not.toMatch(/warn|deprecat/i);
    });

    it('are what relay-compiler generates, without a warning; npm run generate updates them', async () => {
      const { code, output } = await runTool('relay-compiler', ['relay.config.json', '--validate']);

      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).not.toMatch(/warn|deprecat/i);
    });
  },
);
