/** One event as the Event API writes it: of a journal that has just been made. */
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
