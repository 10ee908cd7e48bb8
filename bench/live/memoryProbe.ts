/**
 * Loaded into a server with `--import`. Reports the memory after a garbage collection on request, and exits with the
 * benchmark, however that ends.
 */
process.on('message', () => {
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  // The second collection frees objects that the first one has finalised.
  setImmediate(() => {
    collect?.();
    process.send?.(process.memoryUsage());
  });
});
process.on('disconnect', () => process.exit());
