const closings: (() => Promise<void>)[] = [];

/** Calls a function when all tests of the file have ended. */
export function closeAfterFile(close: () => Promise<void>): void {
  closings.push(close);
}

/** Calls the functions of the file that has ended. */
export async function closeFile(): Promise<void> {
  await Promise.all(closings.splice(0).map((close) => close()));
}
