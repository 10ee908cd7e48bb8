import { timestampProblem, transmitterProblem } from './rules.ts';

/** The Travel Rule fields of a cash journal. */
export const transmitterFields = {
  transmitterName: { label: 'Name', problemOf: transmitterProblem },
  transmitterAccountNumber: { label: 'Account number', problemOf: transmitterProblem },
  transmitterAddress: { label: 'Address', problemOf: transmitterProblem },
  transmitterFinancialInstitution: { label: 'Financial institution', problemOf: transmitterProblem },
  transmitterTimestamp: { label: 'Ordered at', problemOf: timestampProblem },
} as const;

export type TransmitterField = keyof typeof transmitterFields;
export type Transmitter = Record<TransmitterField, string>;

export const transmitterNames = Object.keys(transmitterFields) as TransmitterField[];

export const noTransmitter: Transmitter = {
  transmitterName: '',
  transmitterAccountNumber: '',
  transmitterAddress: '',
  transmitterFinancialInstitution: '',
  transmitterTimestamp: '',
};
