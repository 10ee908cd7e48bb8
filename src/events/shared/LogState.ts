/** What all gateways know of the shared log. */
export interface LogState {
  /** Identifies it in cursors. */
  readonly id: string;
  /** The number of its last entry. */
  readonly count: number;
  /** Increases with each grant of the lease. */
  readonly fence: number;
  /** It contains every event later than this, in unix ms; null until its first stream was opened. */
  readonly beganMs: number | null;
  /** When its latest event happened; null before the first. */
  readonly publishedMs: number | null;
  /** Up to this time, repeated events may not be recognised by their ids. */
  readonly evictedMs: number;
  /** The log that it continues: entries up to `count` are the same. */
  readonly prior: { readonly id: string; readonly count: number } | null;
  /** The state of the holder's feed; null while nobody holds the lease. */
  readonly leader: { readonly isOpen: boolean; readonly downMs: number | null } | null;
}

/** Reads the fields of a hash, names and values in turn. */
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
