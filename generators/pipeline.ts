import * as z from 'zod/mini';
import { taskRunnerChoices } from '../src/config/task-runners.ts';
import { checkStage } from '../src/config/names.ts';
import type { Bilingual } from '../src/errors/bilingual.ts';
import { asText, checkedBy, notText, refuse } from '../src/generate/answers/checked.ts';
import type { Checked } from '../src/generate/answers/checked.ts';
import { readSchedule } from '../src/generate/answers/schedule.ts';
import type { Addition } from '../src/generate/define-addition.ts';
import { defineAddition } from '../src/generate/define-addition.ts';
import { field } from '../src/generate/define-generator.ts';
import { readStageList } from '../src/generate/define-stage.ts';
import type { PipelineInput } from '../src/generate/plan-pipeline.ts';
import { planPipeline } from '../src/generate/plan-pipeline.ts';

const say = (en: string, es: string): Bilingual => ({ en, es });
/** Prefect's name of the flow is made of it and of the KPI's. */
const longest = 30;

const name = checkedBy((raw): Checked<string> => {
  const text = asText(raw);
  if (text === undefined) return notText;
  if (text.length > longest) return refuse(`It is longer than ${longest} characters.`, `Tiene más de ${longest} caracteres.`);
  return checkStage(text) ?? { value: text };
});

const taskRunner = checkedBy((raw): Checked<string> => {
  const text = asText(raw) ?? '';
  return text === '' ? { value: 'threads' } : taskRunnerChoices.some(({ value }) => value === text) ? { value: text } : notText;
});

/** The generator of a further pipeline with its flow. */
export const pipeline: Addition = defineAddition<PipelineInput>({
  name: 'pipeline',
  summary: say('A further pipeline with a flow, tests and a deployment of its own', 'Otro pipeline, con su flow, sus pruebas y su despliegue'),
  input: () => z.strictObject({
    name: field(name, {
      label: say('Name', 'Nombre'),
      help: say('Names the pipeline, its flow and its tests.', 'Da nombre al pipeline, a su flow y a sus pruebas.'),
      positional: true,
      required: true,
      placeholder: 'name',
      initial: () => undefined,
    }),
    inputs: field(checkedBy(readStageList), {
      label: say('Stages', 'Etapas'),
      help: say('The transformer whose data it returns, and the loaders that keep it: a,b. What comes before follows.', 'El transformador cuyos datos devuelve y los cargadores que los guardan: a,b. Lo anterior se deduce.'),
      positional: true,
      placeholder: 'a,b',
      initial: () => '',
      initialText: say('what the KPI itself is made of', 'aquello con lo que se obtiene el propio KPI'),
    }),
    schedule: field(checkedBy(readSchedule), {
      label: say('Schedule', 'Planificación'),
      help: say('A cron line, or none.', 'Una línea de cron, o none.'),
      placeholder: 'cron',
      flagOnly: true,
      initial: () => 'none',
    }),
    task_runner: field(taskRunner, {
      label: say('Task runner', 'Task runner'),
      help: say('What runs the tasks that the flow submits.', 'Qué ejecuta las tareas que el flow envía.'),
      choices: taskRunnerChoices,
      flagOnly: true,
      initial: () => 'threads',
    }),
  }),
  plan: planPipeline,
});
