import { useBoard, useServices } from '../Services.ts';
import { seededAccounts } from '../sandbox/seededAccounts.ts';

/** The number of the board's newest journals that are searched for accounts. */
const searched = 300;
export const knownAccountsId = 'knownAccounts';

/** Suggestions for account fields: the accounts of the board's journals and, in the sandbox, its seeded accounts. */
export function KnownAccounts() {
  const { isSandbox } = useServices();
  const { rows } = useBoard();
  const labels = new Map<string, string>(isSandbox ? Object.entries(seededAccounts) : []);
  for (let index = 0; index < Math.min(searched, rows.length); index += 1) {
    const journal = rows.at(index);
    for (const side of journal ? [journal.fromAccount, journal.toAccount] : []) {
      if (!labels.has(side.id)) labels.set(side.id, 'used on the board');
    }
  }
  return (
    <datalist id={knownAccountsId}>
      {[...labels].map(([id, label]) => (
        <option key={id} value={id} label={label} />
      ))}
    </datalist>
  );
}
