import type { FaultEffect, RequestEffect } from './Fault.ts';

/** Whether an effect could change nothing any more, after what was already drawn for the request. */
export function isOutdone(effect: FaultEffect, drawn: readonly RequestEffect[]): boolean {
  if (drawn.some(endsRequest)) return true;
  if (isManner(effect)) return drawn.some(isManner);
  return effect.kind === 'answer' && effect.when === 'after' && drawn.some(({ kind }) => kind === 'answer');
}

/** Whether nothing that stands behind it in the list can happen. */
function endsRequest(effect: RequestEffect): boolean {
  if (effect.kind === 'answer') return effect.when === 'before';
  return effect.kind === 'reset' || effect.kind === 'answerLost' || effect.kind === 'rateLimited';
}

function isManner({ kind }: FaultEffect | RequestEffect): boolean {
  return kind === 'truncated' || kind === 'malformed' || kind === 'slowBody';
}
