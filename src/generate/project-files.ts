import { modulesOfSource } from '../config/source-kinds.ts';
import type { Owner } from '../plan/tree.ts';
import type { FileRule } from './file-rule.ts';
import { tableLoader } from './table-loader.ts';
import type { InputView, ProjectView } from './project-view.ts';
import { artifactFile } from './stage-files.ts';
import { typescriptFiles } from './typescript-files.ts';

export type { FileRule } from './file-rule.ts';

/** Every file of a new repository that comes from a template. */
export function projectFiles(view: ProjectView): FileRule[] {
  return view.language === 'typescript' ? typescriptFiles(view) : pythonFiles(view);
}

function pythonFiles(view: ProjectView): FileRule[] {
  return [
    ...rootFiles(view),
    ...proseFiles(view),
    ...coreFiles(view),
    ...flowFiles(view),
    ...testFiles(view),
    ...view.inputs.flatMap((input) => inputFiles(view, input)),
    ...transformerFiles(view),
    ...loaderFiles(view),
  ];
}

/** A file whose template has its name, under templates/python. */
function plain(owner: Owner, ...paths: string[]): FileRule[] {
  return paths.map((path) => ({ template: `python/${path}`, path, owner }));
}

function rootFiles({ plop }: ProjectView): FileRule[] {
  return [
    ...plain('edited', 'pyproject.toml', 'prefect.yaml', '.env.example', 'config/config.yaml'),
    ...plain('merged', '.gitignore', '.gitattributes', '.editorconfig'),
    ...(plop ? plain('seed', 'plopfile.mjs', 'package.json') : []),
  ];
}

function proseFiles({ locale, today }: ProjectView): FileRule[] {
  const prose = (name: string, path = `${name}.md`, owner: Owner = 'seed'): FileRule => {
    return { template: `python/${name}.${locale}.md`, path, owner };
  };
  return [
    prose('README'),
    prose('AGENTS'),
    prose('docs/onboarding'),
    prose('docs/operations'),
    prose('docs/kpi', 'docs/kpi.md', 'generated'),
    prose('docs/adr/0001-prefect-orchestrates'),
    prose('docs/adr/refactor', `docs/adr/refactor_${today}.md`),
  ];
}

/** The modules that the kinds of source need, each once. */
function modulesFor({ sources, isPandas }: ProjectView): string[] {
  return [...new Set(sources.flatMap(({ kind }) => modulesOfSource(kind, isPandas)))];
}

function coreFiles(view: ProjectView): FileRule[] {
  const core = (...names: string[]) => names.map((name) => `src/core/${name}`);
  return [
    ...plain('seed', ...core('__init__.py', 'py.typed', 'window.py', 'sample.py', 'status.py')),
    ...plain('seed', ...core('pipelines/__init__.py')),
    ...plain('generated', ...core('sources.py', 'extractors/__init__.py', 'transformers/__init__.py', 'loaders/__init__.py')),
    ...plain('merged', ...core('fields.py', 'settings.py', 'strict_yaml.py', 'variables.py')),
    ...plain('merged', ...core(...(view.isPandas ? ['frames.py'] : []), ...modulesFor(view))),
    { template: 'python/src/core/pipelines/pipeline.py', path: `src/core/pipelines/${view.kpi.id}.py`, owner: 'edited' },
  ];
}

function flowFiles(view: ProjectView): FileRule[] {
  return [
    ...plain('merged', 'prefect_flows/__init__.py', 'prefect_flows/stages.py', 'prefect_flows/secret_blocks.py', 'prefect_flows/backfill.py'),
    { template: 'python/prefect_flows/artifacts/publish.py', path: artifactFile(view.publish), owner: 'seed' },
    ...plain('generated', 'prefect_flows/tasks.py', 'prefect_flows/artifacts/__init__.py'),
    { template: 'python/prefect_flows/flow.py', path: `prefect_flows/${view.flow}.py`, owner: 'edited' },
  ];
}

function testFiles(view: ProjectView): FileRule[] {
  const unit = ['window', 'settings', 'status', 'sample', 'pipeline'].map((name) => `tests/unit/test_${name}.py`);
  const equivalence = ['compare.py', 'test_golden.py', 'cases/sample/expected.csv'].map((name) => `tests/equivalence/${name}`);
  return [
    ...plain('merged', 'tests/conftest.py', 'tests/flows/conftest.py'),
    ...plain('seed', ...unit, 'tests/contract/test_repository.py', ...equivalence),
    { template: 'python/tests/flows/test_flow.py', path: `tests/flows/test_${view.flow}.py`, owner: 'seed' },
  ];
}

function inputFiles({ source }: ProjectView, { name, clean, role }: InputView): FileRule[] {
  const extractor = { stage: { name, clean, role, contract: '', format: 'parquet', module: 'lake', cursor: 'occurred_at', ownCursor: '', initial: null, lag: 0, batchRows: 0 } };
  const cleaning = { stage: { name: clean, input: name, role, checks: null } };
  const folder = `stage/extractor/${source.kind}`;
  const seeds: readonly (readonly [string, string, object])[] = [
    [`${folder}/extractor.py`, `src/core/extractors/${name}.py`, extractor],
    ...(source.kind === 'sql' ? [[`${folder}/extractor.sql`, `src/core/extractors/${name}.sql`, extractor] as const] : []),
    [`${folder}/test_extractor.py`, `tests/unit/test_${name}.py`, extractor],
    ['stage/transformer/cleaning/cleaning.py', `src/core/transformers/${clean}.py`, cleaning],
    ['stage/transformer/cleaning/test_cleaning.py', `tests/unit/test_${clean}.py`, cleaning],
    ['python/tests/equivalence/cases/sample/input.csv', `tests/equivalence/cases/sample/${name}.csv`, extractor],
  ];
  return seeds.map(([template, path, data]) => ({ template, path, owner: 'seed', data }));
}

function transformerFiles(view: ProjectView): FileRule[] {
  const folder = 'stage/transformer';
  const seeds: readonly (readonly [string, string])[] = [
    [`${folder}/calculation/${view.kpi.type}/calculation.py`, `src/core/transformers/${view.calculation}.py`],
    [`${folder}/calculation/${view.kpi.type}/test_calculation.py`, `tests/unit/test_${view.calculation}.py`],
    [`${folder}/aggregation/${view.kpi.type}/aggregation.py`, `src/core/transformers/${view.aggregation}.py`],
    [`${folder}/aggregation/${view.kpi.type}/test_aggregation.py`, `tests/unit/test_${view.aggregation}.py`],
  ];
  return seeds.map(([template, path]) => ({ template, path, owner: 'seed' }));
}

function loaderFiles({ destination, loader }: ProjectView): FileRule[] {
  const folder = `stage/loader/${destination.kind}`;
  const data = { stage: { name: loader, format: 'parquet', module: 'lake' } };
  return [
    ...(destination.kind === 'sql' ? plain('merged', ...tableLoader('delete-insert').modules) : []),
    { template: `${folder}/loader.py`, path: `src/core/loaders/${loader}.py`, owner: 'seed', data },
    { template: `${folder}/test_loader.py`, path: `tests/unit/test_${loader}.py`, owner: 'seed', data },
  ];
}
