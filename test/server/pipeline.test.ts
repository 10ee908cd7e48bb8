import { describe, expect, it } from 'vitest';

import { stages } from '../../src/server/pipeline/pipeline.ts';

describe('the stages of the pipeline', () => {
  const names = stages.map(({ name }) => name);

  it.each(stages)('$name comes before every stage that it must come before', ({ name, before }) => {
    const laterNames = names.slice(names.indexOf(name) + 1);

    expect(laterNames).toEqual(expect.arrayContaining([...before]));
  });

  it('have unique names', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it('state a reason exactly when they must come before another stage', () => {
    expect(stages.filter(({ before, because }) => before.length > 0 !== (because !== ''))).toEqual([]);
  });
});
