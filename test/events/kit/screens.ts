import { closeLater } from '../../kit/closeLater.ts';

import { Screen } from './Screen.ts';
import type { ScreenOptions } from './Screen.ts';

/** Opens screens that alternate between the transports. They are closed when the test ends. */
export function openScreens(count: number, options: Omit<ScreenOptions, 'transport'>): Screen[] {
  const screens = Array.from(
    { length: count },
    (_, index) => new Screen({ ...options, transport: index % 2 === 0 ? 'WebSocket' : 'SSE' }),
  );
  closeLater(() => closeScreens(screens));
  return screens;
}

export async function closeScreens(screens: readonly Screen[]): Promise<void> {
  await Promise.all(screens.map((screen) => screen.close()));
}

/** Resolves when every screen has shown this number of events. */
export async function untilAllShow(screens: readonly Screen[], count: number): Promise<void> {
  await Promise.all(screens.map((screen) => screen.until(({ shown }) => shown.length >= count)));
}
