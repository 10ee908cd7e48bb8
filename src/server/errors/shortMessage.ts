/** More than anybody reads. */
const maxLength = 1_000;

/** What is said of a request, which may quote it: not all of it is sent back. */
export function shortMessage(message: string): string {
  return message.length <= maxLength ? message : `${message.slice(0, maxLength)}…`;
}
