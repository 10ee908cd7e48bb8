import type { ResultOf } from 'gql.tada';
import { useState } from 'react';

import { messageOf } from '../format/messageOf.ts';
import { travelRuleQuery } from '../graphql/reads.ts';
import { useServices } from '../Services.ts';

type Data = ResultOf<typeof travelRuleQuery>;

/** Shows a journal's Travel Rule data. This is personal data, so it is read only when the user asks for it. */
export function TravelRule({ id }: { id: string }) {
  const { client } = useServices();
  const [data, setData] = useState<Data | null>(null);
  const [error, setError] = useState<string | null>(null);
  const read = () =>
    void client.query(travelRuleQuery, { id }).then((result) => {
      setData(result.data ?? null);
      setError(result.error ? messageOf(result.error) : null);
    });
  return (
    <section className="card">
      <div className="titleRow">
        <h2>Travel Rule</h2>
        {data === null && (
          <button type="button" onClick={read}>
            Show personal data
          </button>
        )}
      </div>
      {error !== null && (
        <p role="alert" className="notice refused">
          {error}
        </p>
      )}
      {data && error === null && <Facts data={data} />}
    </section>
  );
}

function Facts({ data: { journal } }: { data: Data }) {
  const { transmitterInfo, ...transmitter } = journal ?? {};
  const facts = Object.entries({ ...transmitter, ...transmitterInfo }).filter(
    (fact): fact is [string, string] => typeof fact[1] === 'string' && fact[1] !== '' && !fact[0].startsWith('__'),
  );
  if (facts.length === 0) return <p className="faint">No Travel Rule data is recorded.</p>;
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{wordsOf(name)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Turns `transmitterAccountNumber` into `Transmitter account number`. */
function wordsOf(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
