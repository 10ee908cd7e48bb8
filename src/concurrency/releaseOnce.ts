/** Returns a function that runs the action on its first call only, for releases that more than one path may reach. */
export function releaseOnce(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
