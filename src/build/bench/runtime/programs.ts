import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const runtime = pathToFileURL(resolve('dist/runtime/index.mjs')).href;

/** What is measured, as a module that a process of its own runs: `node bench.mjs mapped|overhead|plain <count>`. */
export const program = `
import { performance } from 'node:perf_hooks';
import { NO_CACHE, flow, runtime, task } from ${JSON.stringify(runtime)};
const double = task((n) => n * 2, { name: 'double', cachePolicy: NO_CACHE });
const plain = async (n) => n * 2;

function clock() {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  return (count) => {
    const { user, system } = process.cpuUsage(cpu);
    return { wall: (performance.now() - wall) / 1000 / count, cpu: (user + system) / 1e6 / count };
  };
}

const mapped = flow(async (count) => {
  const cost = clock();
  const list = double.map(Array.from({ length: count }, (_, n) => n));
  await list.result();
  return { run: runtime.flowRun.id, own: cost(count) };
}, { name: 'bench-mapped' });

const overhead = flow(async (count) => {
  // Once to warm it up, as a flow that runs for a while is.
  for (let round = 0; round < 2; round += 1) {
    const cost = clock();
    for (let n = 0; n < count; n += 1) await double(n);
    if (round === 1) return cost(count);
  }
}, { name: 'bench-overhead' });

export const quick = flow(async () => undefined, { name: 'bench-quick' });
export const waits = flow(async () => {
  await new Promise((_, reject) => runtime.signal.addEventListener('abort', () => reject(runtime.signal.reason)));
}, { name: 'bench-waits' });

const [what, size] = process.argv.slice(2);
const count = Number(size);
if (what === 'mapped') {
  global.gc?.();
  const [before, peak] = [process.memoryUsage().heapUsed, process.resourceUsage().maxRSS];
  const { run, own } = await mapped(count);
  const grown = process.resourceUsage().maxRSS - peak;
  global.gc?.();
  console.log(JSON.stringify({ run, own, heap: (process.memoryUsage().heapUsed - before) / count, peak: (grown * 1024) / count }));
} else if (what === 'overhead') {
  const tasks = await overhead(count);
  for (let n = 0; n < count; n += 1) await plain(n);
  const cost = clock();
  for (let n = 0; n < count; n += 1) await plain(n);
  const calls = cost(count);
  console.log(JSON.stringify({ wall: tasks.wall - calls.wall, cpu: tasks.cpu - calls.cpu }));
}
`;

/** How long an import takes, in seconds of the clock and of the processor. */
export const importing = `
import { performance } from 'node:perf_hooks';
const [wall, cpu] = [performance.now(), process.cpuUsage()];
await import(process.argv[1]);
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ wall: (performance.now() - wall) / 1000, cpu: (user + system) / 1e6 }));
`;
