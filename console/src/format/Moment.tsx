const local = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' });

/** A time in the viewer's zone, with UTC beside it. */
export function Moment({ at }: { at: string | null }) {
  if (at === null) return <span className="faint">not stated</span>;
  const instant = new Date(at);
  const utc = instant.toISOString();
  const isUtc = instant.getTimezoneOffset() === 0;
  return (
    <time dateTime={at} title={`${zoneName(instant)}; UTC ${utc}`} className="moment">
      {local.format(instant)} <span className="utc faint">{isUtc ? 'UTC' : `${utc.slice(11, 19)} UTC`}</span>
    </time>
  );
}

function zoneName(instant: Date): string {
  return zone.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
