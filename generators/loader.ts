import { kinds } from 'virtual:kinds';
import type { StageGenerator } from '../src/generate/define-stage.ts';
import { defineStage } from '../src/generate/define-stage.ts';

/** The generator of what is written. Its kinds are the files of kinds/loader. */
export const loader: StageGenerator = defineStage({
  name: 'loader',
  summary: { en: 'A table or a folder that is written, or what is shown in Prefect', es: 'Una tabla o una carpeta que se escribe, o lo que se enseña en Prefect' },
  group: 'loaders',
  kinds: kinds['loader'] ?? [],
});
