import { suggest } from '../config/suggest.ts';
import { fail } from '../errors/failure.ts';
import type { RepositorySettings } from './config-view.ts';
import { extensionOf } from './language.ts';
import type { RepositoryState } from './repository-state.ts';

/** The flows of a repository by the names of their modules, the KPI's own first. */
export function flowNames(state: RepositoryState): readonly string[] {
  const { list, read, config, settings: { language } } = state;
  // Beside a flow in TypeScript lies a description in Python that Prefect reads, and nothing runs.
  const ending = `.${extensionOf(language)}`;
  const own = `${config.kpi.id}_flow`;
  const modules = list('prefect_flows').flatMap((file) => (file.endsWith(ending) ? [file.slice(0, -ending.length)] : []));
  const flows = modules.filter((name) => isFlow(read(pathOfFlow(name, language)), name)).sort();
  return [...flows.filter((name) => name === own), ...flows.filter((name) => name !== own)];
}

/** The file of a flow. */
export function pathOfFlow(name: string, language: 'python' | 'typescript' = 'python'): string {
  return `prefect_flows/${name}.${extensionOf(language)}`;
}

/** How prefect.yaml names a flow; beside one in TypeScript it is the description that Prefect reads. */
export function entrypointOf(flow: string, language: RepositorySettings['language']): string {
  return language === 'typescript' ? `prefect_flows/${flow}.py:${flow}` : `prefect_flows.${flow}:${flow}`;
}

/** The flow that a file holds. */
export function nameOfFlow(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('.'));
}

/**
 * A flow by its name, with or without `_flow`; the KPI's own when none is named.
 * @param flows those that can be chosen
 * @throws Failure E_FLOW_UNKNOWN
 */
export function chooseFlow(asked: string, state: RepositoryState, flows = flowNames(state)): string {
  const own = `${state.config.kpi.id}_flow`;
  const found = asked === '' ? flows.find((name) => name === own) : flows.find((name) => name === asked || name === `${asked}_flow`);
  if (found !== undefined) return found;
  const known = flows.map((name) => name.replace(/_flow$/, ''));
  const suggestion = suggest(asked, known);
  return fail('E_FLOW_UNKNOWN', { flow: asked === '' ? own : asked, known, ...(suggestion !== undefined && { suggestion }) });
}

/** The names of a flow's parameters; nothing when its signature is not plain. */
export function parametersOfFlow(name: string, { read, settings }: RepositoryState): readonly string[] | undefined {
  if (settings.language === 'typescript') {
    const shape = /^const parameters = z\.object\(\{\r?\n([^]*?)^\}\)/m.exec(read(pathOfFlow(name, 'typescript')) ?? '')?.[1];
    return shape === undefined ? undefined : [...shape.matchAll(/^[ \t]+(\w+): z\./gm)].map(([, parameter = '']) => parameter);
  }
  const signature = signatureOf(read(pathOfFlow(name)), name);
  if (signature === undefined || /[*#]|\(/.test(signature)) return undefined;
  return signature.split(',').flatMap((each) => /^\s*([A-Za-z_]\w*)/.exec(each)?.[1] ?? []);
}

function isFlow(text: string | undefined, name: string): boolean {
  return signatureOf(text, name) !== undefined || /^export const \w+ = flow\(/m.test(text ?? '');
}

function signatureOf(text: string | undefined, name: string): string | undefined {
  if (text === undefined || !/^@(?:\w+\.)?flow\b/m.test(text)) return undefined;
  return new RegExp(`^(?:async )?def ${name}\\(([^)]*)\\)`, 'm').exec(text)?.[1];
}
