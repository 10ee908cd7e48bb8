import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

/**
 * Finds the changes of a schema that can break clients and that the top section of a changelog doesn't name. To name a
 * change, the section must quote what changed as code, for example `Journal.price`.
 */
export async function unnamedBreakingChanges(released: string, current: string, changelog: string): Promise<string[]> {
  const changes = await diff(buildSchema(released), buildSchema(current));
  const [, topSection = ''] = changelog.split(/^## /m);
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .filter(({ path = '' }) => !topSection.includes(`\`${path}\``))
    .map(({ path = '', message }) => `${path}: ${message}`);
}
