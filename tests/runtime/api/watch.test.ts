import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PrefectClient } from '../../../src/runtime/api/client.ts';
import { readSettings } from '../../../src/runtime/api/settings.ts';
import { watchRun } from '../../../src/runtime/api/watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const running = { status: 200, text: '{"state":{"type":"RUNNING","state_details":{}}}' };
const unknown = { status: 401, text: '{"exception_message":"Unauthorized"}' };

/** Watches a run whose server gives these answers, the last one for good. What was heard within so many seconds. */
async function heardOf(answers: readonly { status: number; text: string }[], seconds: number): Promise<string[]> {
  const left = [...answers];
  const send = async () => ({ headers: {}, ...((left.length > 1 ? left.shift() : left[0]) ?? running) });
  const client = new PrefectClient('http://x/api', readSettings({}, '/nonexistent'), { send, close: () => undefined });
  const heard: string[] = [];
  const end = watchRun(client, 'r', { cancel: () => heard.push('cancel'), suspend: () => heard.push('suspend'), lost: (reason) => heard.push(reason) });
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  end();
  return heard;
}

test('a server that does not know who asks for a moment fails no run', async () => {
  expect(await heardOf([...Array.from({ length: 20 }, () => unknown), running], 300)).toEqual([]);
});

test('a key that expired ends a run within a minute, with what to set', async () => {
  expect(await heardOf([running, unknown], 60)).toEqual([expect.stringMatching(/answered 401 .*PREFECT_API_KEY/)]);
});

test('a cancel is heard by the second look after it, whatever was answered before', async () => {
  expect(await heardOf([running, unknown, { status: 200, text: '<html>' }, { status: 200, text: '{"state":{"type":"CANCELLING","state_details":{}}}' }], 4)).toEqual(['cancel']);
});
