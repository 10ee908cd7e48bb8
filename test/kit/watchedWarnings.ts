const warnings: string[] = [];

process.on('warning', ({ name, stack }) => {
  if (name === 'MaxListenersExceededWarning') warnings.push(stack ?? name);
});

/** Returns Node's warnings of possible listener leaks since the last call. */
export function takeWarnings(): string[] {
  return warnings.splice(0);
}
