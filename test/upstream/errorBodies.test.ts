import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { StubUpstream, text } from '../kit/StubUpstream.ts';

const jnlc = { fromAccount: sweep, toAccount: customer, amount: '10' };

async function refusal(status: number, body: string, headers: Record<string, string> = {}) {
  const stub = await StubUpstream.start(text(status, body, headers));
  return failureOf(openJournalsClient(stub.url).create({ jnlc }, 'key'));
}

describe('the body of an error response', () => {
  it.each([
    ['{"code":40010000,"message":"amount is required"}', 'amount is required', 40_010_000],
    ['{"code":"40010000","message":"amount is required"}', 'amount is required', 40_010_000],
    ['{"message":"amount is required"}', 'amount is required', null],
    ['{"error":"amount is required"}', 'amount is required', null],
    ['{"code":40010000,"field":"amount"}', '{"code":40010000,"field":"amount"}', 40_010_000],
    ['{"code":40010000,"transmitter_name":"Ann"}', 'HTTP 400 without a message', 40_010_000],
    ['[{"transmitter_info":{"originator_city" : "Ann', 'HTTP 400 without a message', null],
    ['{"message":"transmitter_name is too long"}', 'transmitter_name is too long', null],
    ['{"code":40010000}', 'HTTP 400 without a message', 40_010_000],
    ['{"code":40010000,"message":""}', 'HTTP 400 without a message', 40_010_000],
    ['{"code":4001000000000,"message":"not a GraphQL Int"}', 'not a GraphQL Int', null],
    ['{"code":40.5,"message":"not an integer"}', 'not an integer', null],
    ['{"error":{"code":40010000,"message":"amount is required"}}', 'amount is required', 40_010_000],
    ['{"code":40010000,"error":{"message":"amount is required"}}', 'amount is required', 40_010_000],
    ['{"error":{"code":40010000}}', 'HTTP 400 without a message', 40_010_000],
    ['{"error":{"code":40010000,"field":"amount"}}', '{"error":{"code":40010000,"field":"amount"}}', 40_010_000],
    ['{"error":{"transmitter_name":"Ann"}}', 'HTTP 400 without a message', null],
    ['{"message":["amount","is required"]}', '{"message":["amount","is required"]}', null],
    ['{"error":["amount"]}', '{"error":["amount"]}', null],
    ['{"code":40010000.0,"message":"amount is required"}', 'amount is required', null],
    ['\ufeff{"code":40010000,"message":"amount is required"}', 'amount is required', 40_010_000],
    ['"amount is required"', 'amount is required', null],
    ['amount is required\n', 'amount is required', null],
    ['["amount","is","required"]', '["amount","is","required"]', null],
    ['{"message":"amount is', '{"message":"amount is', null],
    ['null', 'null', null],
    ['', 'HTTP 400 without a message', null],
    ['  \n', 'HTTP 400 without a message', null],
    ['""', 'HTTP 400 without a message', null],
  ])('%j is read as %j', async (body, message, upstreamCode) => {
    const error = await refusal(400, body, { 'x-request-id': 'request-1' });

    expect(error).toMatchObject({ name: 'InvalidRequestError', message, upstreamCode, requestId: 'request-1' });
  });

  it.each([
    ['<!DOCTYPE html><html><head><title> 400 Bad\n Request </title></head></html>', '400 Bad\n Request'],
    ['<html><body>nginx</body></html>', 'an HTML page'],
    ['404 page not found\n', '404 page not found'],
    ['<?xml version="1.0"?>\n<!DOCTYPE html><html><head><title>404</title></head></html>', '404'],
    ['<!-- cached -->\n<html><head><title lang="en">Blocked</title></head></html>', 'Blocked'],
    ['\ufeff<html><body>nginx</body></html>', 'an HTML page'],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>', 'Access Denied'],
  ])("%j is a page of a proxy, so its status is not taken for the API's", async (body, message) => {
    const error = await refusal(400, body);

    expect(error).toMatchObject({ name: 'OtherRefusalError', message, upstreamCode: null, requestId: null });
  });

  it('is cut after 2,000 characters', async () => {
    const error = await refusal(400, 'a'.repeat(100_000));

    expect(error).toMatchObject({ message: 'a'.repeat(2_000) });
  });
});
