import { type JsonObject, isObject } from '../values/exactJson.ts';
import { type Operation, operations } from '../api/matchOperation.ts';
import { invalid } from '../api/Refusal.ts';
import { type Fault, type FaultEffect, type FaultScope, canAffect } from './Fault.ts';
import { effectFields, readEffect, readKind } from './readEffect.ts';
import { readCount, readNumber, refuseUnknownFields } from '../rules/bodyFields.ts';

const scopeFields = ['kind', 'operations', 'probability', 'count', 'skip'];

/** Reads the body of `PUT /sandbox/faults`. @throws Refusal 400 naming the fault and the field */
export function readFaults(body: JsonObject): { seed: number; faults: Fault[] } {
  refuseUnknownFields(body, ['seed', 'faults']);
  const list = body['faults'] ?? [];
  if (!Array.isArray(list)) throw invalid('faults must be an array');
  const faults = list.map((item: unknown, index) => {
    if (!isObject(item)) throw invalid(`faults[${index}] must be an object`);
    return readFault(item, `faults[${index}].`);
  });
  return { seed: readCount(body, 'seed', '', 0), faults };
}

function readFault(item: JsonObject, at: string): Fault {
  refuseUnknownFields(item, [...scopeFields, ...effectFields[readKind(item, at)]], at);
  const effect = readEffect(item, at);
  return { scope: readScope(item, effect, at), effect };
}

function readScope(item: JsonObject, effect: FaultEffect, at: string): FaultScope {
  const probability = readNumber(item, 'probability', at, 1);
  if (probability > 1) throw invalid(`${at}probability must be between 0 and 1`);
  const scope: FaultScope = { probability, skip: readCount(item, 'skip', at, 0) };
  if (item['count'] !== undefined) scope.count = readCount(item, 'count', at);
  if (item['operations'] !== undefined) scope.operations = readOperations(item['operations'], effect, at);
  return scope;
}

function readOperations(value: unknown, effect: FaultEffect, at: string): Operation[] {
  if (!Array.isArray(value)) throw invalid(`${at}operations must be an array`);
  return value.map((word: unknown) => {
    const operation = operations.find((candidate) => candidate === word);
    if (!operation) throw invalid(`${at}operations must be among ${operations.join(', ')}`);
    if (!canAffect(effect, operation))
      throw invalid(`${at}operations: ${describeEffect(effect)} can't apply to ${operation}`);
    return operation;
  });
}

function describeEffect(effect: FaultEffect): string {
  return 'when' in effect ? `${effect.kind} ${effect.when}` : effect.kind;
}
