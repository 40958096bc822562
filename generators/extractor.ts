import { kinds } from 'virtual:kinds';
import type { StageGenerator } from '../src/generate/define-stage.ts';
import { defineStage } from '../src/generate/define-stage.ts';

/** The generator of what is read from a source. Its kinds are the files of kinds/extractor. */
export const extractor: StageGenerator = defineStage({
  name: 'extractor',
  summary: { en: 'A query or a set of files that is read', es: 'Una consulta o unos archivos que se leen' },
  group: 'extractors',
  kinds: kinds['extractor'] ?? [],
});
