/** Formats the first event of a journal as the Event API does. */
export function statusEventLine(at: string, id: string): string {
  const event = {
    at,
    event_id: id,
    entry_type: 'JNLC',
    journal_id: 'ddd26344-86af-4ba7-ae6a-bcec63129808',
    status_from: '',
    status_to: 'queued',
  };
  return `data: ${JSON.stringify(event)}\n\n`;
}
