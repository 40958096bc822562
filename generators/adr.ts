import * as z from 'zod/mini';
import { checkLine } from '../src/config/names.ts';
import { asText, checkedBy, notText, refuse } from '../src/generate/answers/checked.ts';
import type { Checked } from '../src/generate/answers/checked.ts';
import type { Addition } from '../src/generate/define-addition.ts';
import { defineAddition } from '../src/generate/define-addition.ts';
import { field } from '../src/generate/define-generator.ts';
import type { AdrInput } from '../src/generate/plan-adr.ts';
import { planAdr, slugOf } from '../src/generate/plan-adr.ts';

const title = checkedBy((raw): Checked<string> => {
  const text = asText(raw)?.normalize('NFC');
  if (text === undefined) return notText;
  const refusal = checkLine(text, 120);
  if (refusal !== undefined) return refusal;
  return slugOf(text) === '' ? refuse('It has no letter that a file can be named by.', 'No tiene ninguna letra con la que nombrar un archivo.') : { value: text };
});

/** The generator of decision records. */
export const adr: Addition = defineAddition<AdrInput>({
  name: 'adr',
  summary: { en: 'A record of a decision, numbered and dated', es: 'Un registro de una decisión, con número y fecha' },
  input: () => z.strictObject({
    title: field(title, {
      label: { en: 'Title', es: 'Título' },
      help: { en: 'What was decided, in a few words.', es: 'Qué se ha decidido, en pocas palabras.' },
      positional: true,
      required: true,
      placeholder: 'title',
      initial: () => undefined,
    }),
  }),
  plan: planAdr,
});
