/** What all gateways know of the shared log. */
export interface LogState {
  /** Identifies the log in cursors. */
  readonly id: string;
  /** The number of the last entry. */
  readonly count: number;
  /** Increases with each grant of the lease. */
  readonly fence: number;
  /** The log contains every event later than this, in Unix ms; null until the first upstream stream was opened. */
  readonly beganMs: number | null;
  /** When the latest event of the log happened, in Unix ms; null before the first event. */
  readonly publishedMs: number | null;
  /** Events up to this time, in Unix ms, may have been logged although their ids are no longer stored. */
  readonly evictedMs: number;
  /** The log that this one continues: the entries up to `count` are the same. */
  readonly prior: { readonly id: string; readonly count: number } | null;
  /** The state of the feed of the gateway that holds the lease; null while no gateway holds it. */
  readonly leader: { readonly isOpen: boolean; readonly downMs: number | null } | null;
}

/** Decodes a Redis hash, given as a list of alternating names and values. */
export function decodeLogState(flat: unknown): LogState {
  const fields = new Map<string, string>();
  const words = Array.isArray(flat) ? flat.map(String) : [];
  for (let at = 0; at + 1 < words.length; at += 2) fields.set(words[at] ?? '', words[at + 1] ?? '');
  const numberOr = <Default>(name: string, absent: Default) => {
    const text = fields.get(name);
    return text === undefined ? absent : Number(text);
  };
  const prior = fields.get('prior');
  const [isOpen, downMs] = (fields.get('leader') ?? '').split(' ');
  return {
    id: fields.get('id') ?? '',
    count: numberOr('count', 0),
    fence: numberOr('fence', 0),
    beganMs: numberOr('began', null),
    publishedMs: numberOr('published', null),
    evictedMs: numberOr('evicted', -Infinity),
    prior: prior === undefined ? null : { id: prior, count: numberOr('priorCount', 0) },
    leader: downMs === undefined ? null : { isOpen: isOpen === 'open', downMs: downMs === '' ? null : Number(downMs) },
  };
}
