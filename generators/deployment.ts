import * as z from 'zod/mini';
import type { Bilingual } from '../src/errors/bilingual.ts';
import { asText, checkedBy, notText, refuse } from '../src/generate/answers/checked.ts';
import type { Checked } from '../src/generate/answers/checked.ts';
import { readTimezone } from '../src/generate/answers/schedule.ts';
import { readSchedules } from '../src/generate/answers/schedules.ts';
import { checkPool } from '../src/generate/answers/texts.ts';
import type { Addition } from '../src/generate/define-addition.ts';
import { defineAddition } from '../src/generate/define-addition.ts';
import { field } from '../src/generate/define-generator.ts';
import type { DeploymentInput } from '../src/generate/plan-deployment.ts';
import { planDeployment } from '../src/generate/plan-deployment.ts';

const say = (en: string, es: string): Bilingual => ({ en, es });

// Prefect puts it into addresses and commands, as `flow/deployment`.
const name = checkedBy((raw): Checked<string> => {
  const text = asText(raw) ?? '';
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text)
    ? { value: text }
    : refuse('Letters, digits, points, hyphens and underscores, up to 63.', 'Letras, cifras, puntos, guiones y guiones bajos, hasta 63.', 'nightly');
});

const orEmpty = (read: (text: string) => Checked<string>) =>
  checkedBy((raw): Checked<string> => {
    const text = asText(raw) ?? '';
    return text === '' ? { value: '' } : read(text);
  });

const parameters = checkedBy((raw): Checked<Readonly<Record<string, string>>> => {
  const parts = (asText(raw) ?? '').split(',').map((each) => each.trim()).filter((each) => each !== '');
  const pairs = parts.map((each) => /^([a-z][a-z0-9_]*)\s*=\s*(\S.*)$/.exec(each));
  const wrong = parts[pairs.indexOf(null)];
  if (wrong !== undefined) return refuse(`"${wrong}" is not written as name=value.`, `"${wrong}" no está escrito como nombre=valor.`, 'start=2026-01-01');
  return { value: Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? ''])) };
});

const poolTypes = [
  { value: 'process', label: say('process: on the worker’s machine', 'process: en la máquina del worker') },
  { value: 'docker', label: say('docker: a container', 'docker: un contenedor') },
  { value: 'kubernetes', label: say('kubernetes: a job', 'kubernetes: un job') },
];
const poolType = checkedBy((raw): Checked<string> => {
  const text = asText(raw) ?? '';
  return text === '' ? { value: 'process' } : poolTypes.some(({ value }) => value === text) ? { value: text } : notText;
});

/** A tag says which image it is; without one a worker takes whatever is newest. */
const readImage = (text: string): Checked<string> =>
  /^[a-z0-9]+(?:[._:/-]+[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(text) && !text.endsWith(':latest')
    ? { value: text }
    : refuse('It is an image with a tag that is not latest.', 'Es una imagen con una etiqueta que no sea latest.', 'registry.example.com/kpi-sales:0.1.0');

const readGit = (text: string): Checked<string> =>
  /^(?:https:\/\/[^\s:@/]+(?::\d+)?\/\S+|git@[\w.-]+:\S+|ssh:\/\/\S+|file:\/\/\/\S+)$/.test(text)
    ? { value: text }
    : refuse('It is the address of a repository, without a password in it.', 'Es la dirección de un repositorio, sin contraseña.', 'https://git.example.com/team/kpi.git');

/** The generator of another way to start a flow: its own schedule, parameters or work pool. */
export const deployment: Addition = defineAddition<DeploymentInput>({
  name: 'deployment',
  summary: say('Another deployment of a flow, in prefect.yaml', 'Otro despliegue de un flow, en prefect.yaml'),
  input: () => z.strictObject({
    name: field(name, {
      label: say('Name', 'Nombre'),
      help: say('What Prefect lists it under.', 'El nombre con el que aparece en Prefect.'),
      positional: true,
      required: true,
      placeholder: 'name',
      initial: () => undefined,
    }),
    flow: field(checkedBy((raw): Checked<string> => ({ value: asText(raw) ?? '' })), {
      label: say('Flow', 'Flow'),
      help: say('Which flow of prefect_flows; left empty, that of the KPI.', 'Qué flow de prefect_flows; si se deja vacío, el del KPI.'),
      positional: true,
      placeholder: 'flow',
      initial: () => '',
    }),
    schedule: field(checkedBy(readSchedules), {
      label: say('Schedule', 'Planificación'),
      help: say('A cron line, every 30m, rrule FREQ=…, several with | between them, or none.', 'Una línea de cron, every 30m, rrule FREQ=…, varias separadas por |, o none.'),
      positional: true,
      placeholder: 'cron',
      initial: () => 'none',
    }),
    timezone: field(orEmpty(readTimezone), {
      label: say('Time zone', 'Zona horaria'),
      help: say('Of the schedule; that of config.yaml unless it is given.', 'La de la planificación; si no se da, la de config.yaml.'),
      placeholder: 'zone',
      flagOnly: true,
      initial: () => '',
    }),
    pool: field(orEmpty((text) => checkPool(text) ?? { value: text }), {
      label: say('Work pool', 'Work pool'),
      help: say('The one of the first deployment unless it is given.', 'Si no se da, el del primer despliegue.'),
      placeholder: 'name',
      flagOnly: true,
      initial: () => '',
    }),
    work_pool_type: field(poolType, {
      label: say('Type of work pool', 'Tipo de work pool'),
      help: say('What it starts: a process, or a container of an image, for which a Dockerfile is made.', 'Qué arranca: un proceso o un contenedor de una imagen, para la que se crea un Dockerfile.'),
      choices: poolTypes,
      flagOnly: true,
      initial: () => 'process',
    }),
    image: field(orEmpty(readImage), {
      label: say('Image', 'Imagen'),
      help: say('With its tag, for docker and kubernetes; kpi-<id>:0.1.0 unless it is given.', 'Con su etiqueta, para docker y kubernetes; si no se da, kpi-<id>:0.1.0.'),
      placeholder: 'image:tag',
      flagOnly: true,
      initial: () => '',
    }),
    git: field(orEmpty(readGit), {
      label: say('git', 'git'),
      help: say('Where a process clones the code from, when the worker has no folder of it.', 'De dónde clona el código un proceso, si el worker no tiene su carpeta.'),
      placeholder: 'url',
      flagOnly: true,
      initial: () => '',
    }),
    parameters: field(parameters, {
      label: say('Parameters', 'Parámetros'),
      help: say('What its runs are given: start=2026-01-01,end=2026-02-01', 'Lo que reciben sus ejecuciones: start=2026-01-01,end=2026-02-01'),
      placeholder: 'name=value',
      flagOnly: true,
      initial: () => '',
    }),
  }),
  plan: planDeployment,
});
