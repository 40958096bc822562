import type { FileRule } from './file-rule.ts';

/** The files of a pipeline that was added: its module and its flow, which may be edited, and the tests of both. */
export function filesOfPipeline(name: string, language: 'python' | 'typescript'): Pick<FileRule, 'template' | 'path' | 'owner'>[] {
  if (language === 'python') {
    return [
      { template: 'pipeline/pipeline.py', path: `src/core/pipelines/${name}.py`, owner: 'edited' },
      { template: 'pipeline/flow.py', path: `prefect_flows/${name}_flow.py`, owner: 'edited' },
      { template: 'pipeline/test_pipeline.py', path: `tests/unit/test_${name}_pipeline.py`, owner: 'seed' },
      { template: 'pipeline/test_flow.py', path: `tests/flows/test_${name}_flow.py`, owner: 'seed' },
    ];
  }
  return [
    { template: 'pipeline/pipeline.ts', path: `src/core/pipelines/${name}.ts`, owner: 'edited' },
    { template: 'pipeline/flow.ts', path: `prefect_flows/${name}_flow.ts`, owner: 'edited' },
    // What `prefect deploy` reads of the flow; nothing runs it.
    { template: 'pipeline/description.py', path: `prefect_flows/${name}_flow.py`, owner: 'seed' },
    { template: 'pipeline/pipeline.test.ts', path: `tests/unit/${name}_pipeline.test.ts`, owner: 'seed' },
    { template: 'pipeline/flow.test.ts', path: `tests/flows/${name}_flow.test.ts`, owner: 'seed' },
  ];
}
