/** What the tests of a KPI repository use: a flow in memory, with a server's rules and a clock that waits for nobody. */
export { runFlow } from './run-flow.ts';
export type { FlowReport, FlowWorld } from './run-flow.ts';
export { MemoryApi } from './memory-api.ts';
export type { RecordedTaskRun } from './memory-api.ts';
export { FakeClock } from './fake-clock.ts';
export { memoryResults } from '../engine/file-results.ts';
