import type { Owner } from '../plan/tree.ts';
import { storeModule } from '../config/lake-stores.ts';
import { filesInTypescript } from '../config/source-kinds.ts';
import type { FileRule } from './file-rule.ts';
import { sharedRule } from './file-rule.ts';
import type { InputView, ProjectView } from './project-view.ts';
import { databaseModule } from './repository-state.ts';
import { artifactFile } from './stage-files.ts';
import { viewTypescript } from './typescript-view.ts';

/** Every file of a new TypeScript repository that comes from a template. */
export function typescriptFiles(view: ProjectView): FileRule[] {
  const rules = [...rootFiles(view), ...proseFiles(view), ...coreFiles(view), ...flowFiles(view), ...testFiles(view), ...stageFiles(view)];
  const own = viewTypescript(view);
  return rules.map((rule) => ({ ...rule, data: { ...own, ...rule.data } }));
}

/** A file whose template has its name, under templates/typescript. */
function plain(owner: Owner, ...paths: string[]): FileRule[] {
  return paths.map((path) => ({ template: `typescript/${path}`, path, owner }));
}

/** One whose text is the same in both languages. */
function shared(owner: Owner, ...paths: string[]): FileRule[] {
  return paths.map((path) => ({ template: `python/${path}`, path, owner }));
}

function rootFiles({ plop }: ProjectView): FileRule[] {
  return [
    ...plain('edited', 'package.json', 'prefect.yaml', '.env.example'),
    ...shared('edited', 'config/config.yaml'),
    ...plain('merged', '.gitignore', '.gitattributes', '.editorconfig', '.oxlintrc.json', 'tsconfig.json', 'tsconfig.build.json', 'vitest.config.ts'),
    ...(plop ? shared('seed', 'plopfile.mjs') : []),
    ...plain('generated', 'vendor/kpi-flow-runtime/package.json'),
  ];
}

function proseFiles({ locale, today }: ProjectView): FileRule[] {
  const prose = (home: string, name: string, path = `${name}.md`, owner: Owner = 'seed'): FileRule => {
    return { template: `${home}/${name}.${locale}.md`, path, owner };
  };
  return [
    ...['README', 'AGENTS', 'docs/onboarding', 'docs/operations'].map((name) => prose('typescript', name)),
    prose('python', 'docs/kpi', 'docs/kpi.md', 'generated'),
    prose('python', 'docs/adr/0001-prefect-orchestrates'),
    prose('python', 'docs/adr/refactor', `docs/adr/refactor_${today}.md`),
  ];
}

function coreFiles(view: ProjectView): FileRule[] {
  const core = (...names: string[]) => names.map((name) => `src/core/${name}.ts`);
  return [
    ...plain('seed', ...core('calendar', 'window', 'sample', 'status')),
    ...plain('generated', ...core('databases', 'extractors/index', 'transformers/index', 'loaders/index')),
    ...plain('merged', ...core('clock', 'root', 'rows', 'settings', 'sql', 'sql-database', 'sql-duckdb', 'sql-errors', 'sql-load', 'sql-zones', 'stopping', 'variables')),
    ...plain('merged', ...view.databaseModules.map(databaseModule)),
    ...sourceFiles(view),
    { template: 'typescript/src/core/pipelines/pipeline.ts', path: `src/core/pipelines/${view.kpi.id}.ts`, owner: 'edited' },
  ];
}

/** What the kinds of source need, each once. */
function sourceFiles({ sources, stores }: ProjectView): FileRule[] {
  return [...new Set([...sources.flatMap(({ kind }) => filesInTypescript(kind)), ...stores.map(({ name }) => storeModule(name))])].map((path) => sharedRule(path, 'typescript'));
}

function flowFiles({ flow, publish, language }: ProjectView): FileRule[] {
  return [
    ...plain('merged', 'prefect_flows/command-line.ts', 'prefect_flows/stages.ts', 'prefect_flows/secret-blocks.ts'),
    ...plain('generated', 'prefect_flows/tasks.ts', 'prefect_flows/artifacts/index.ts'),
    { template: 'typescript/prefect_flows/artifacts/publish.ts', path: artifactFile(publish, language), owner: 'seed' },
    { template: 'typescript/prefect_flows/flow.ts', path: `prefect_flows/${flow}.ts`, owner: 'edited' },
    { template: 'typescript/prefect_flows/flow.py', path: `prefect_flows/${flow}.py`, owner: 'merged' },
  ];
}

function testFiles({ flow }: ProjectView): FileRule[] {
  const unit = ['window', 'settings', 'status', 'sample', 'pipeline', 'rows'].map((name) => `tests/unit/${name}.test.ts`);
  return [
    ...plain('merged', 'tests/sandbox.ts'),
    ...plain('seed', ...unit, 'tests/contract/repository.test.ts', 'tests/equivalence/compare.ts', 'tests/equivalence/golden.test.ts'),
    ...shared('seed', 'tests/equivalence/cases/sample/expected.csv'),
    { template: 'typescript/tests/flows/flow.test.ts', path: `tests/flows/${flow}.test.ts`, owner: 'seed' },
  ];
}

function stageFiles(view: ProjectView): FileRule[] {
  const { kpi, calculation, aggregation, loader, destination } = view;
  const pair = (folder: string, kind: string, home: string, name: string, stage?: object): FileRule[] => [
    seed(`stage/${folder}/${kind}.ts`, `src/core/${home}/${name}.ts`, stage),
    seed(`stage/${folder}/${kind}.test.ts`, `tests/unit/${name}.test.ts`, stage),
  ];
  return [
    ...view.inputs.flatMap((each) => inputFiles(view, each, pair)),
    ...pair(`transformer/calculation/${kpi.type}`, 'calculation', 'transformers', calculation),
    ...pair(`transformer/aggregation/${kpi.type}`, 'aggregation', 'transformers', aggregation),
    ...pair(`loader/${destination.kind}`, 'loader', 'loaders', loader, { name: loader, takes: [{ stage: aggregation, folder: 'transformers' }], ...usualLake }),
  ];
}

/** The files of a lake in a new repository. */
const usualLake = { format: 'parquet' };

type Pair = (folder: string, kind: string, home: string, name: string, stage?: object) => FileRule[];

function inputFiles({ source }: ProjectView, { name, clean, role }: InputView, pair: Pair): FileRule[] {
  const extractor = { name, clean, role, cursor: 'occurred_at', ownCursor: '', initial: null, contract: '', batchRows: 0, ...usualLake };
  const folder = `extractor/${source.kind}`;
  return [
    ...pair(folder, 'extractor', 'extractors', name, extractor),
    ...(source.kind === 'sql' ? [seed(`stage/${folder}/extractor.sql`, `src/core/extractors/${name}.sql`, extractor)] : []),
    ...pair('transformer/cleaning', 'cleaning', 'transformers', clean, { name: clean, input: name, role, checks: null }),
    seed('python/tests/equivalence/cases/sample/input.csv', `tests/equivalence/cases/sample/${name}.csv`, extractor),
  ];
}

function seed(template: string, path: string, stage?: object): FileRule {
  return { template, path, owner: 'seed', ...(stage && { data: { stage } }) };
}
