import type { Bilingual } from '../errors/bilingual.ts';
import { Failure } from '../errors/failure.ts';
import type { Problem } from '../errors/failure.ts';
import type { Choice, QuestionContext, RawAnswer, RawAnswers, Step } from '../generate/define-generator.ts';
import { fillDefaults, readField } from '../generate/define-generator.ts';
import { Cancelled } from '../errors/cancelled.ts';
import { explain } from '../messages/explain.ts';
import { uiOf } from '../messages/speak.ts';
import { drawTree } from '../plan/draw-tree.ts';
import type { Tree } from '../plan/tree.ts';
import type { Asked, Given, Questions } from './create-answers.ts';
import { fieldOf, isAnswered, showAnswer, valuesOf } from './create-answers.ts';
import type { Prompter, Reply, Site } from './ports.ts';

/** What putting one question needs to know. */
interface Asking {
  readonly generator: Questions;
  readonly given: Given;
  readonly context: QuestionContext;
  readonly prompter: Prompter;
  /** Looks whether a repository can go into a folder, as it was typed. */
  readonly survey: (folder: string) => Promise<Site>;
}

/** Everything that asking as a whole needs to know. */
export interface Questioning<Input> extends Asking {
  readonly generator: Asked<Input>;
  readonly plan: (input: Input) => Tree;
  /** Nothing is going to be made, so nobody has to say yes. */
  readonly dryRun: boolean;
}

/** What asking ended with: the answers that somebody confirmed, and what is made from them. */
export interface Confirmed<Input> {
  readonly answers: RawAnswers;
  readonly input: Input;
  readonly tree: Tree;
}

/** Asks what is not answered yet, shows what would be made, and lets answers be changed until somebody says yes. */
export async function askAnswers<Input>(asking: Questioning<Input>): Promise<Confirmed<Input>> {
  showFixed(asking);
  const said = { ...valuesOf(asking.given) };
  await askSteps(asking, said);
  for (;;) {
    const confirmed = await review(asking, said);
    if (confirmed !== undefined) return confirmed;
  }
}

type Said = Record<string, RawAnswer | undefined>;

/** What a file decides is shown with its reason, so that nobody wonders where a question went. */
function showFixed({ generator, given, context, prompter }: Asking): void {
  const fixed = Object.entries(given).filter(([, answer]) => answer.fixed === true);
  if (fixed.length === 0) return;
  const lines = fixed.map(([key, { value, from, why: reason }]) => {
    const why = reason === undefined ? '' : `: ${reason[context.locale]}`;
    return `${fieldOf(generator.fields, key).meta.label[context.locale]} = ${showAnswer(value)}  (${from}${why})`;
  });
  prompter.show(uiOf(context.locale).create.fixedTitle, lines);
}

async function askSteps(asking: Asking, said: Said): Promise<void> {
  const steps = asking.generator.steps.filter((step) => !isAnswered(step, said));
  for (let index = 0; index < steps.length;) {
    const step = steps[index];
    if (step === undefined) return;
    const went = await askStep(asking, said, step, index > 0);
    index += went === 'back' ? -1 : 1;
  }
  for (const key of unanswered(asking, said)) await askStep(asking, said, alone(asking, key), false);
}

/** What no question asks and no default fills: an id of a name without a Latin letter. */
function unanswered({ generator, context }: Asking, said: Said): string[] {
  const filled = fillDefaults(generator, said, context);
  return Object.keys(generator.fields).filter((key) => filled[key] === undefined);
}

/** A field as a question of its own. */
function alone({ generator }: Asking, key: string): Step {
  const { label, help } = fieldOf(generator.fields, key).meta;
  return { key, fields: [key], label, help };
}

/** Asks one question until its answer holds. */
async function askStep(asking: Asking, said: Said, step: Step, back: boolean): Promise<'forward' | 'back'> {
  for (;;) {
    const reply = await putQuestion(asking, said, step, back);
    if (reply.kind === 'back') return 'back';
    const taken = readStep(step, reply.value);
    const trouble = step.fields.includes('dir') ? await siteTrouble(asking, reply.value) : undefined;
    if (trouble === undefined) {
      Object.assign(said, taken);
      return 'forward';
    }
    asking.prompter.show(uiOf(asking.context.locale).create.notThere, trouble);
  }
}

function putQuestion(asking: Asking, said: Said, step: Step, back: boolean): Promise<Reply> {
  const { generator, context, prompter } = asking;
  const filled = fillDefaults(generator, said, context);
  const say = (text: Bilingual): string => text[context.locale];
  const choices = choicesOf(generator, step);
  const common = {
    label: say(step.label),
    help: helpOf(asking, step),
    back,
    initial: step.show?.(filled) ?? showAnswer(filled[step.key]),
  };
  if (choices !== undefined)
    return prompter.select({ ...common, choices: choices.map(({ value, label }) => ({ value, label: say(label) })) });
  return prompter.text({ ...common, check: (typed) => stepTrouble(asking, step, typed) });
}

/** What the question means, and what a file says about its proposal. */
function helpOf({ given, context }: Asking, step: Step): string {
  const reasons = step.fields.flatMap((key) =>
    given[key]?.open === true ? (given[key].why?.[context.locale] ?? []) : [],
  );
  return [step.help[context.locale], ...reasons].join(' ');
}

const yesOrNo: readonly Choice[] = [
  { value: 'true', label: { en: 'Yes', es: 'Sí' } },
  { value: 'false', label: { en: 'No', es: 'No' } },
];

function choicesOf({ fields }: Questions, step: Step): readonly Choice[] | undefined {
  if (step.read !== undefined) return undefined;
  const { choices, boolean } = fieldOf(fields, step.key).meta;
  return boolean === true ? yesOrNo : choices;
}

/** The answers in what was typed: most questions fill one field, a few two. */
function readStep(step: Step, typed: string): RawAnswers {
  return step.read?.(typed) ?? { [step.key]: typed };
}

function stepTrouble({ generator, given, context }: Asking, step: Step, typed: string): string | undefined {
  for (const [key, value] of Object.entries(readStep(step, typed))) {
    const result = readField(fieldOf(generator.fields, key), value);
    if ('problem' in result) return inOneLine(result.problem, context.locale);
    const held = given[key];
    if (held?.fixed === true && showAnswer(held.value) !== showAnswer(value)) {
      return uiOf(context.locale).create.held(
        fieldOf(generator.fields, key).meta.label[context.locale],
        showAnswer(held.value),
        held.why?.[context.locale] ?? held.from,
      );
    }
  }
  return undefined;
}

function inOneLine(found: Problem, locale: 'en' | 'es'): string {
  const { why } = explain(found, locale);
  // Nobody types a flag here: the bare value is what helps.
  const suggestion = found.code === 'E_ANSWER_REFUSED' ? found.args.suggestion : undefined;
  return suggestion === undefined ? why : `${why} ${uiOf(locale).create.forExample(suggestion)}`;
}

async function siteTrouble({ survey, context }: Asking, folder: string): Promise<string[] | undefined> {
  try {
    await survey(folder);
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.problems.flatMap((each) => Object.values(explain(each, context.locale)));
  }
}

/** One round of looking at the whole: yes gives the answers, a change gives nothing and comes back. */
async function review<Input>(asking: Questioning<Input>, said: Said): Promise<Confirmed<Input> | undefined> {
  const answers = fillDefaults(asking.generator, said, asking.context);
  const reading = asking.generator.read(answers);
  const planned = 'input' in reading ? { answers, input: reading.input, tree: asking.plan(reading.input) } : undefined;
  if (planned !== undefined && asking.dryRun) return planned;
  if (planned !== undefined) showTree(asking, answers, planned.tree);
  if ('problems' in reading) showProblems(asking, reading.problems);
  const verdict = await askVerdict(asking, planned !== undefined);
  if (verdict === 'cancel') throw new Cancelled();
  if (verdict === 'create') return planned;
  await changeAnswer(asking, said, answers);
  return undefined;
}

function showTree(asking: Asking, answers: RawAnswers, tree: Tree): void {
  asking.prompter.show(uiOf(asking.context.locale).create.previewTitle(tree.size), previewLines(asking, answers, tree));
}

function showProblems({ prompter, context }: Asking, problems: readonly Problem[]): void {
  const texts = problems.flatMap((each) => Object.values(explain(each, context.locale)));
  prompter.show(uiOf(context.locale).create.cannotTitle, texts);
}

/** What to do with what was shown. Only what can be made is offered for making. */
async function askVerdict({ prompter, context }: Asking, can: boolean): Promise<string> {
  const { confirm } = uiOf(context.locale).create;
  const rows = [
    ...(can ? [{ value: 'create', label: confirm.create }] : []),
    { value: 'change', label: confirm.change },
    { value: 'cancel', label: confirm.cancel },
  ];
  const reply = await prompter.select({ label: confirm.label, help: '', choices: rows, back: false });
  return reply.kind === 'back' ? 'change' : reply.value;
}

/** The names that were derived, which people want to see before they are in twenty files, and the files. */
function previewLines({ generator, context }: Asking, answers: RawAnswers, tree: Tree): string[] {
  const derived = ['id', 'inputs', 'warning', 'destination'].filter((key) => key in generator.fields);
  const names = derived.map(
    (key) => `${fieldOf(generator.fields, key).meta.label[context.locale]}: ${showAnswer(answers[key])}`,
  );
  return [...names, '', ...drawTree(`${showAnswer(answers['dir'])}/`, new Set([...tree.keys()].map(shortened)))];
}

/** What the tool keeps for itself is many files and one thought. */
function shortened(path: string): string {
  return path.startsWith('.kpi-flow/') ? '.kpi-flow/…' : path;
}

async function changeAnswer(asking: Asking, said: Said, answers: RawAnswers): Promise<void> {
  const { generator, context, prompter } = asking;
  const ui = uiOf(context.locale).create;
  const rows = changeable(asking);
  const choices = rows.map((step) => ({
    value: step.key,
    label: `${step.label[context.locale]}: ${step.show?.(answers) ?? showAnswer(answers[step.key])}`,
  }));
  const reply = await prompter.select({ label: ui.whichLabel, help: '', choices, back: true });
  const step = reply.kind === 'back' ? undefined : rows.find(({ key }) => key === reply.value);
  if (step === undefined) return;
  await askStep(asking, said, step, true);
  for (const key of unanswered({ ...asking, generator }, said)) await askStep(asking, said, alone(asking, key), false);
}

/** Every question, then what is derived; not what a file fixes. */
function changeable(asking: Asking): Step[] {
  const { generator, given } = asking;
  const asked = new Set(generator.steps.flatMap((step) => step.fields));
  const others = Object.keys(generator.fields)
    .filter((key) => !asked.has(key))
    .map((key) => alone(asking, key));
  const isFixed = (step: Step): boolean => step.fields.some((key) => given[key]?.fixed === true);
  return [...generator.steps, ...others].filter((step) => !isFixed(step));
}
