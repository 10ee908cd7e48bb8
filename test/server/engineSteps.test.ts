import { describe, expect, it } from 'vitest';

import { steps } from '../../src/engine/steps.ts';

describe('the steps of the engine', () => {
  const named = steps.map(({ run, ...step }) => ({ name: run.name, ...step }));
  const names = named.map(({ name }) => name);

  it.each(named)('$name comes before every step that it must come before', ({ name, before }) => {
    const laterNames = names.slice(names.indexOf(name) + 1);

    expect(laterNames).toEqual(expect.arrayContaining([...before]));
  });

  it('exist once each', () => {
    expect(new Set(names).size).toBe(names.length);
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
