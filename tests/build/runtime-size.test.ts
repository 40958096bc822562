import { expect, test } from 'vitest';
import { sizeOfImport } from '../../src/build/bench/runtime/size.ts';

test('what an import of the runtime loads is at most 60 kB, minified', async () => {
  expect(await sizeOfImport()).toBeLessThanOrEqual(60_000);
});
