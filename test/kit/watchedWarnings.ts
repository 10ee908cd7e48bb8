const warnings: string[] = [];

process.on('warning', ({ name, stack }) => {
  if (name === 'MaxListenersExceededWarning') warnings.push(stack ?? name);
});

/** Node's words about listeners that gather on something, since it was asked last. */
export function takeWarnings(): string[] {
  return warnings.splice(0);
}
