import type { Config, Extractor, Loader, Transformer } from '../config/config.ts';
import type { DeclaredKind } from '../config/stage-kinds.ts';
import { kindOfEntry } from '../config/stage-kinds.ts';
import { stagesOf } from './repository-state.ts';

/** What is declared of the kind of a stage of config.yaml; nothing for a stage that is not there. */
export function declaredKindOf(name: string, config: Config): DeclaredKind | undefined {
  const group = stagesOf(config).get(name);
  return group && kindOfEntry(group, entryOf(name, config) ?? {}, (source) => config.sources[source]?.kind);
}

/** What config.yaml says of a stage. */
export function entryOf(name: string, { extractors, transformers, loaders }: Config): Extractor | Transformer | Loader | undefined {
  return extractors[name] ?? transformers[name] ?? loaders[name];
}

/** The source that a stage reads or writes, when it does. */
export function sourceOf(name: string, config: Config): string | undefined {
  const entry = entryOf(name, config);
  return entry !== undefined && 'source' in entry && entry.source in config.sources ? entry.source : undefined;
}

/** Whether a stage publishes in Prefect, so that its module lies beside the flows. */
export function isPublisher(name: string, config: Config): boolean {
  return declaredKindOf(name, config)?.publishes === true;
}
