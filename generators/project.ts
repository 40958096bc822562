import * as z from 'zod/mini';
import { taskRunnerChoices } from '../src/config/task-runners.ts';
import { checkId, checkLine, checkParagraph, deriveId } from '../src/config/names.ts';
import type { Bilingual } from '../src/errors/bilingual.ts';
import { asText, checkedBy, notText, refuse } from '../src/generate/answers/checked.ts';
import type { Checked, Refusal } from '../src/generate/answers/checked.ts';
import { readGrain, showGrain } from '../src/generate/answers/grain.ts';
import { readSchedule, readTimezone, showSchedule, splitSchedule } from '../src/generate/answers/schedule.ts';
import { readNumber, readTarget, showTarget, usualWarning } from '../src/generate/answers/target.ts';
import { checkFolder, checkPool, describe, readInputs, titleOf } from '../src/generate/answers/texts.ts';
import type { Choice, Generator, RawAnswers, Step } from '../src/generate/define-generator.ts';
import { defineGenerator, field, metaOf } from '../src/generate/define-generator.ts';
import { planProject } from '../src/generate/plan-project.ts';
import type { MetricType, ProjectInput } from '../src/generate/project-input.ts';
import { rolesOf } from '../src/generate/project-input.ts';
import { checkProject } from '../src/generate/check-project.ts';
import { usualDatabase } from '../src/config/databases.ts';
import { databaseChoices } from './databases.ts';
import { lakeStores } from '../src/config/lake-stores.ts';

const say = (en: string, es: string): Bilingual => ({ en, es });
const choice = (value: string, en: string, es: string): Choice => ({ value, label: { en, es } });

const types = [
  choice('simple', 'simple: a sum or a count', 'simple: una suma o un recuento'),
  choice('ratio', 'ratio: a numerator over a denominator', 'ratio: un numerador entre un denominador'),
  choice('cumulative', 'cumulative: a running total', 'cumulative: un acumulado'),
  choice('derived', 'derived: made from other figures', 'derived: se obtiene de otras cifras'),
  choice('conversion', 'conversion: who did the second thing after the first', 'conversion: quién dio el segundo paso tras el primero'),
];
const directions = [
  choice('higher_is_better', 'higher is better', 'cuanto más alto, mejor'),
  choice('lower_is_better', 'lower is better', 'cuanto más bajo, mejor'),
  choice('target_is_best', 'the nearer to the target, the better', 'cuanto más cerca del objetivo, mejor'),
];
const locales = [choice('en', 'English', 'inglés'), choice('es', 'Spanish', 'español')];
const languages = [
  choice('python', 'Python', 'Python'),
  choice('typescript', 'TypeScript', 'TypeScript'),
];
const frames = [
  choice('polars', 'polars', 'polars'),
  choice('pandas', 'pandas, with Arrow’s types', 'pandas, con los tipos de Arrow'),
];
const systems = [
  choice('sql', 'sql: a database (SQLite to begin with)', 'sql: una base de datos (SQLite para empezar)'),
  choice('datalake', 'datalake: parquet files in folders', 'datalake: archivos parquet en carpetas'),
];

const stores = [
  choice('folder', 'folder: a folder, or what the machine is let in to', 'folder: una carpeta, o lo que la máquina tenga permiso de leer'),
  ...Object.entries(lakeStores).map(([value, { name }]) => choice(value, `${value}: ${name}`, `${value}: ${name}`)),
];

const text = (check: (text: string) => Refusal | undefined) =>
  checkedBy((raw): Checked<string> => {
    const value = asText(raw);
    if (value === undefined) return notText;
    const composed = value.normalize('NFC');
    return check(composed) ?? { value: composed };
  });
// A schema of its own for each field: what a field means is registered on its schema.
const yesOrNo = () => checkedBy((raw): Checked<boolean> => {
  if (typeof raw === 'boolean') return { value: raw };
  const word = (asText(raw) ?? '').toLowerCase();
  if (['true', 'yes', '1'].includes(word)) return { value: true };
  if (['false', 'no', '0'].includes(word)) return { value: false };
  return refuse('It is true or false.', 'Solo puede ser true o false.', 'true');
});
const oneOf = (choices: readonly Choice[]) => z.enum(choices.map(({ value }) => value) as [string, ...string[]]);

const input = z.strictObject({
  dir: field(text(checkFolder), {
    label: say('Folder', 'Carpeta'),
    help: say('The folder to make; its last part also proposes the name.', 'La carpeta que se va a crear; su último tramo sirve de propuesta para el nombre.'),
    positional: true,
    placeholder: 'dir',
    initial: () => 'my-kpi',
  }),
  name: field(text((value) => checkLine(value, 200)), {
    label: say('KPI name', 'Nombre del KPI'),
    help: say('As people say it; accents and spaces are welcome.', 'Como lo dice la gente; con acentos y espacios, sin problema.'),
    placeholder: 'text',
    initial: ({ dir }) => titleOf(asText(dir) ?? ''),
    initialText: say('from the folder', 'según la carpeta'),
  }),
  id: field(text(checkId), {
    label: say('Identifier', 'Identificador'),
    help: say('Names the flow, the table and the functions; derived from the name.', 'Da nombre al flow, a la tabla y a las funciones; sale del nombre.'),
    placeholder: 'id',
    initial: ({ name }) => deriveId(asText(name) ?? ''),
    initialText: say('from the name', 'según el nombre'),
  }),
  type: field(oneOf(types), {
    label: say('Metric type', 'Tipo de métrica'),
    help: say('How the figure is made; it decides the calculation that is written (dbt’s words).', 'Cómo se obtiene la cifra; decide qué cálculo se escribe (con los nombres de dbt).'),
    choices: types,
    initial: () => 'simple',
  }),
  inputs: field(checkedBy(readInputs), {
    label: say('Inputs', 'Entradas'),
    help: say('What is extracted, by name; a ratio and a conversion have two.', 'Qué se extrae, por su nombre; una ratio y una conversión tienen dos.'),
    placeholder: 'a,b',
    initial: ({ type }) => (rolesOf[type as MetricType] ?? rolesOf.simple).map(({ name }) => name),
    initialText: say('from the metric type', 'según el tipo de métrica'),
  }),
  grain: field(checkedBy(readGrain), {
    label: say('Grain', 'Grano'),
    help: say('One value per … and …: hour, day, week, month, quarter or year, then columns: day,region', 'Un valor por … y …: hour, day, week, month, quarter o year, y después columnas: day,region'),
    placeholder: 'time,column',
    initial: () => 'day',
  }),
  description: field(text((value) => checkParagraph(value, 2000)), {
    label: say('What it measures', 'Qué mide'),
    help: say('One sentence for the card, the README and the dashboard.', 'Una frase para la ficha, el README y el panel de Prefect.'),
    placeholder: 'text',
    initial: (answers, { locale }) => describe(answers, (asText(answers['locale']) ?? locale) === 'es' ? 'es' : 'en'),
    initialText: say('from type, inputs and grain', 'según el tipo, las entradas y el grano'),
  }),
  owner: field(text((value) => checkLine(value, 200)), {
    label: say('Owner', 'Responsable'),
    help: say('A person or team that answers for the figure, best with an address.', 'La persona o el equipo que responde de la cifra, mejor con su correo.'),
    placeholder: 'text',
    initial: (_, { owner }) => owner ?? 'owner@example.com',
    initialText: say('from git', 'según git'),
  }),
  unit: field(text((value) => checkLine(value, 30)), {
    label: say('Unit', 'Unidad'),
    help: say('ratio, percent, count, EUR, hours …; percent multiplies a ratio by 100.', 'ratio, percent, count, EUR, hours…; con percent la ratio se multiplica por 100.'),
    placeholder: 'unit',
    initial: ({ type }) => (type === 'ratio' || type === 'conversion' ? 'ratio' : 'count'),
    initialText: say('ratio or count, from the metric type', 'ratio o count, según el tipo de métrica'),
  }),
  direction: field(oneOf(directions), {
    label: say('Direction', 'Sentido'),
    help: say('Which way is good.', 'Hacia dónde mejora.'),
    choices: directions,
    initial: () => 'higher_is_better',
  }),
  target: field(checkedBy(readNumber), {
    label: say('Target', 'Objetivo'),
    help: say('The number to reach, in the unit.', 'El número que hay que alcanzar, en la unidad elegida.'),
    placeholder: 'number',
    initial: ({ type, unit }) => (unit === 'percent' ? 80 : type === 'ratio' || type === 'conversion' ? 0.8 : 100),
    initialText: say('0.8, 80 or 100, from the unit', '0.8, 80 o 100, según la unidad'),
  }),
  warning: field(checkedBy(readNumber), {
    label: say('Warning', 'Aviso'),
    help: say('From this number to the target the state is a warning, beyond it the target is missed.', 'Entre este número y el objetivo el estado es de aviso; más allá, objetivo incumplido.'),
    placeholder: 'number',
    initial: ({ direction, target }) => usualWarning(direction, Number(target)),
    initialText: say('5 % off the target', 'a un 5 % del objetivo'),
  }),
  locale: field(oneOf(locales), {
    label: say('Language of the texts', 'Idioma de los textos'),
    help: say('Docs, comments and messages of the repository; names and flags stay as they are.', 'Documentación, comentarios y mensajes del repositorio; los nombres y las opciones no cambian.'),
    choices: locales,
    initial: (_, { locale }) => locale,
    initialText: say('from the system', 'según el sistema'),
  }),
  language: field(oneOf(languages), {
    label: say('Programming language', 'Lenguaje de programación'),
    help: say('Python has every source and generator; TypeScript has most of them.', 'Python tiene todos los orígenes y generadores; TypeScript, casi todos.'),
    choices: languages,
    initial: () => 'python',
  }),
  frames: field(oneOf(frames), {
    label: say('Frames', 'Tablas'),
    help: say('The library that the stages work with; a TypeScript repository has none.', 'La biblioteca con la que trabajan las etapas; un repositorio de TypeScript no lleva ninguna.'),
    choices: frames,
    flagOnly: true,
    initial: () => 'polars',
  }),
  source: field(oneOf(systems), {
    label: say('Source', 'Origen'),
    help: say('What the KPI reads from; a small sample is embedded, so it runs at once.', 'De dónde lee el KPI; lleva una pequeña muestra, así que funciona desde el principio.'),
    choices: systems,
    initial: () => 'sql',
  }),
  destination: field(oneOf(systems), {
    label: say('Destination', 'Destino'),
    help: say('Where the KPI’s values are kept.', 'Dónde se guardan los valores del KPI.'),
    choices: systems,
    initial: ({ source }) => (source === 'datalake' ? 'datalake' : 'sql'),
    initialText: say('as the source', 'igual que el origen'),
  }),
  database: field(oneOf(databaseChoices), {
    label: say('Database', 'Base de datos'),
    help: say('Which one a source of kind sql is to be; decides its driver. The sample needs none.', 'Cuál va a ser un origen de tipo sql; decide su driver. La muestra no necesita ninguno.'),
    choices: databaseChoices,
    flagOnly: true,
    initial: ({ language }) => usualDatabase(language === 'typescript' ? 'typescript' : 'python'),
    initialText: say('sqlite, or duckdb in TypeScript', 'sqlite, o duckdb en TypeScript'),
  }),
  store: field(oneOf(stores), {
    label: say('Store', 'Almacenamiento'),
    help: say('Where a source of kind datalake is to lie; brings its keys, and in TypeScript its client. The sample needs none.', 'Dónde va a estar un origen de tipo datalake; trae sus claves y, en TypeScript, su cliente. La muestra no lo necesita.'),
    choices: stores,
    flagOnly: true,
    initial: () => 'folder',
  }),
  schedule: field(checkedBy(readSchedule), {
    label: say('Schedule', 'Planificación'),
    help: say('A cron line, or none when a master flow calls it.', 'Una línea de cron, o none si lo llama un flow maestro.'),
    placeholder: 'cron',
    initial: () => '0 6 * * *',
  }),
  timezone: field(checkedBy(readTimezone), {
    label: say('Time zone', 'Zona horaria'),
    help: say('Of the schedule, and of what “today” means.', 'La de la planificación, y la que decide qué día es «hoy».'),
    placeholder: 'zone',
    initial: (_, { timezone }) => timezone,
    initialText: say('from the system', 'según el sistema'),
  }),
  task_runner: field(oneOf(taskRunnerChoices), {
    label: say('Task runner', 'Task runner'),
    help: say('What runs the tasks that the flow submits; decides the package that is needed.', 'Qué ejecuta las tareas que el flow envía; decide el paquete que hace falta.'),
    choices: taskRunnerChoices,
    initial: () => 'threads',
  }),
  pool: field(text(checkPool), {
    label: say('Work pool', 'Work pool'),
    help: say('The Prefect work pool whose workers run the flow.', 'El work pool de Prefect cuyos workers ejecutan el flow.'),
    placeholder: 'name',
    initial: () => 'kpi-pool',
  }),
  plop: field(yesOrNo(), {
    label: say('plop', 'plop'),
    help: say('A plopfile and a package.json, for `npx plop`.', 'Un plopfile y un package.json, para usar `npx plop`.'),
    boolean: true,
    initial: ({ language }) => language !== 'typescript',
    initialText: say('yes, but not in TypeScript', 'sí, salvo en TypeScript'),
  }),
  git: field(yesOrNo(), {
    label: say('git', 'git'),
    help: say('git init and a first commit.', 'git init y un primer commit.'),
    boolean: true,
    initial: () => true,
  }),
  install: field(yesOrNo(), {
    label: say('Install', 'Instalación'),
    help: say('Makes the Python environment in .venv.', 'Crea el entorno de Python en .venv.'),
    boolean: true,
    initial: () => true,
  }),
});

/** In the order they are asked; a target also gives its direction, and a schedule its zone. */
const steps: readonly Step[] = [
  ask('dir'),
  ask('name'),
  ask('type'),
  { ...ask('grain'), show: ({ grain }) => showGrain(grain) },
  // After what its proposal is made of.
  ask('description'),
  ask('owner'),
  ask('unit'),
  {
    key: 'target',
    fields: ['direction', 'target'],
    label: say('Target', 'Objetivo'),
    help: say('>= 0.8 when higher is better, <= 12 when lower is, = 5 when nearest is.', '>= 0.8 si cuanto más alto mejor, <= 12 si cuanto más bajo, = 5 si lo mejor es acercarse.'),
    show: ({ direction, target }) => showTarget(direction, target),
    read: (typed): RawAnswers => ({ ...readTarget(typed) }),
  },
  ask('locale'),
  // The sources to choose from follow from it.
  ask('language'),
  ask('source'),
  {
    key: 'schedule',
    fields: ['schedule', 'timezone'],
    label: say('Schedule and time zone', 'Planificación y zona horaria'),
    help: say('A cron line and a zone: 0 6 * * * Europe/Madrid; none when a master flow calls it.', 'Una línea de cron y una zona: 0 6 * * * Europe/Madrid; none si lo llama un flow maestro.'),
    show: ({ schedule, timezone }) => showSchedule(schedule, timezone),
    read: (typed): RawAnswers => ({ ...splitSchedule(typed) }),
  },
];

function ask(key: keyof typeof input.shape): Step {
  const { label, help } = metaOf(input.shape[key]);
  return { key, fields: [key], label, help };
}

/** The generator of a whole repository: what `create` asks and makes. */
export const project: Generator<ProjectInput> = defineGenerator<ProjectInput>({
  name: 'project',
  summary: say('A KPI repository that runs in Prefect', 'Un repositorio de KPI que se ejecuta en Prefect'),
  input,
  steps,
  check: checkProject,
  plan: planProject,
});
