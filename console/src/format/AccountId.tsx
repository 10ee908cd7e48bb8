/** A UUID shortened in the middle; the whole one is its title and what a selection copies. */
export function AccountId({ id }: { id: string }) {
  return (
    <span className="id" title={id}>
      {shortId(id)}
    </span>
  );
}

export function shortId(id: string): string {
  return id.length > 14 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}
