import { kinds } from 'virtual:kinds';
import type { StageGenerator } from '../src/generate/define-stage.ts';
import { defineStage } from '../src/generate/define-stage.ts';

/** The generator of a step between what is read and what is written. Its kinds are the files of kinds/transformer. */
export const transformer: StageGenerator = defineStage({
  name: 'transformer',
  summary: { en: 'A pure step between what is read and what is written', es: 'Un paso puro entre lo que se lee y lo que se escribe' },
  group: 'transformers',
  kinds: kinds['transformer'] ?? [],
});
