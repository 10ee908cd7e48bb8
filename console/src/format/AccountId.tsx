/** An account id, shortened in the middle. Its title is the complete id. */
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
