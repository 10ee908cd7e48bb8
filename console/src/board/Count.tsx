import { useEffect, useRef } from 'react';

/** A number that briefly fades in when it changes. */
export function Count({ value, status }: { value: number; status: string }) {
  const element = useRef<HTMLSpanElement>(null);
  const before = useRef(value);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    element.current?.animate([{ opacity: 0.35 }, { opacity: 1 }], { duration: 400 });
  }, [value]);
  return (
    <span ref={element} className={value === 0 ? 'count none' : 'count'} data-count={status}>
      {value.toLocaleString()}
    </span>
  );
}
