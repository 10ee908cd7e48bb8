import { useId, useState } from 'react';
import type { ClipboardEvent, DragEvent } from 'react';

import type { BatchEntry, Direction } from './BatchEntry.ts';
import { readCsv } from './readCsv.ts';

interface CsvDropProps {
  direction: Direction;
  onEntries: (entries: BatchEntry[]) => void;
}

/** Reads rows from CSV that the user drops, chooses or pastes. */
export function CsvDrop({ direction, onEntries }: CsvDropProps) {
  const [isOver, setOver] = useState(false);
  const [message, setMessage] = useState('');
  const inputId = useId();
  const read = (text: string) => {
    const { entries, ignoredColumns } = readCsv(text);
    const ignored = ignoredColumns.length > 0 ? ` Ignored columns: ${ignoredColumns.join(', ')}.` : '';
    const added = entries.length === 1 ? '1 row was' : `${entries.length.toLocaleString()} rows were`;
    setMessage(`${added} added.${ignored}`);
    if (entries.length > 0) onEntries(entries);
  };
  const readFile = (file: File | undefined) => void file?.text().then(read);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) readFile(file);
    else read(event.dataTransfer.getData('text/plain'));
  };
  const paste = (event: ClipboardEvent) => {
    event.preventDefault();
    read(event.clipboardData.getData('text/plain'));
  };
  return (
    <div
      className={isOver ? 'drop over' : 'drop'}
      data-drop="csv"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="dropWays">
        <p>
          Drop a CSV file here, or{' '}
          <label htmlFor={inputId} className="fileLabel">
            choose one
          </label>
          <input
            id={inputId}
            className="fileInput"
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            onChange={({ target }) => {
              readFile(target.files?.[0]);
              target.value = '';
            }}
          />
        </p>
        <label className="pasteLabel">
          or paste rows
          <textarea
            rows={2}
            placeholder="account,amount,description"
            value=""
            readOnly={false}
            onPaste={paste}
            onChange={() => undefined}
          />
        </label>
      </div>
      <p className="faint">
        Columns: account, amount, description
        {direction === 'batch' &&
          ', currency, transmitter_name, transmitter_account_number, transmitter_address and so on'}
        . Without a heading: account, amount, description{direction === 'batch' && ', currency'}.
      </p>
      <p role="status" className="faint">
        {message}
      </p>
    </div>
  );
}
