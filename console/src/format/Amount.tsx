import type { Journal } from '../graphql/journalFields.ts';

/** Groups the integer digits of a decimal string. It is never converted to a number, so no digit is lost. */
export function groupDigits(decimal: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(.*)$/.exec(decimal) ?? [undefined, '', decimal];
  return `${sign}${whole.replace(/\B(?=(?:\d{3})+$)/g, ',')}${fraction}`;
}

export function amountOf(journal: Journal): { value: string; unit: string } {
  if (journal.__typename === 'JNLC') return { value: journal.netAmount, unit: journal.currency };
  if (journal.__typename === 'JNLS') return { value: journal.qty, unit: journal.symbol };
  return { value: '', unit: journal.rawEntryType };
}

export function Amount({ value, unit }: { value: string; unit: string }) {
  return (
    <span className="amount">
      {groupDigits(value)} <span className="unit">{unit}</span>
    </span>
  );
}
