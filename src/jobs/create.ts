import { Cancelled } from '../errors/cancelled.ts';
import type { QuestionContext, RawAnswers } from '../generate/define-generator.ts';
import { readField } from '../generate/define-generator.ts';
import type { ProjectInput } from '../generate/project-input.ts';
import { uiOf } from '../messages/speak.ts';
import type { Locale } from '../errors/bilingual.ts';
import type { Tree } from '../plan/tree.ts';
import type { Asked, Given } from './create-answers.ts';
import { checkGiven, fieldOf, settleAnswers, valuesOf, withProposals } from './create-answers.ts';
import type { CommandLine } from './replay.ts';
import { replayCommand } from './replay.ts';
import type {
  Clock,
  Disk,
  Environment,
  Git,
  GitOutcome,
  InstallOutcome,
  NodePackages,
  Prompter,
  PythonEnvironment,
  Reporter,
  Site,
} from './ports.ts';

/** What somebody asked for, from whichever door. */
export interface CreateRequest {
  readonly given: Given;
  /** Takes the default of every question that is not answered. */
  readonly takeDefaults: boolean;
  readonly dryRun: boolean;
  /** The language that is spoken here, which is not always the repository's. */
  readonly locale: Locale;
  readonly version: string;
}

/** What `create` works with. */
export interface CreatePorts {
  readonly disk: Disk;
  readonly git: Git;
  readonly python: PythonEnvironment;
  readonly node: NodePackages;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly environment: Environment;
  /** Opens a way of asking; nothing when nobody is there. */
  readonly openPrompter?: () => Promise<Prompter>;
  readonly signal: AbortSignal;
}

/** A question that was left out on purpose. */
export type Skipped = { readonly skipped: true };

/** What came of it. */
export interface CreateResult {
  readonly folder: string;
  readonly dryRun: boolean;
  readonly input: ProjectInput;
  readonly answers: RawAnswers;
  readonly tree: Tree;
  readonly site: Site;
  readonly git: GitOutcome | Skipped;
  readonly install: InstallOutcome | Skipped;
  /** The line that makes the same repository again. */
  readonly again: CommandLine;
}

type Project = Asked<ProjectInput>;

/**
 * Makes a KPI repository: answers, then a plan, then the folder in one step with its first commit, then the
 * Python environment. Nothing is written before the last answer; git and Python are not needed for the rest.
 * @throws Failure for what cannot be; Cancelled when somebody says stop, and then nothing is left
 */
export async function create(generator: Project, request: CreateRequest, ports: CreatePorts): Promise<CreateResult> {
  checkGiven(generator.fields, request.given);
  const { answers, input, folder, site, tree } = await decide(generator, request, ports);
  const result = { folder, input, answers, tree, site, again: replayCommand(generator, answers, request.version) };
  if (request.dryRun) return { ...result, dryRun: true, git: { skipped: true }, install: { skipped: true } };
  const git = await writeRepository({ input, tree, site, folder }, ports);
  const install = input.install ? await installOrWithdraw({ folder, tree, input }, request, ports) : { skipped: true as const };
  return { ...result, dryRun: false, git, install };
}

/** What is going to be made, and where. */
type Decision = Pick<CreateResult, 'answers' | 'input' | 'folder' | 'site' | 'tree'>;

async function decide(base: Project, request: CreateRequest, ports: CreatePorts): Promise<Decision> {
  const generator = withProposals(base, request.given);
  const { environment, clock, disk } = ports;
  const context = await contextOf(generator, request, ports);
  const survey = (dir: string): Promise<Site> => disk.survey(environment.place(dir), { tidy: !request.dryRun });
  const plan = (input: ProjectInput): Tree =>
    generator.plan(input, { version: request.version, today: clock.today(), hash: environment.hash });
  if (request.takeDefaults || ports.openPrompter === undefined) {
    const settled = settleAnswers(generator, request.given, context, request.takeDefaults);
    const site = await survey(settled.input.dir);
    return { ...settled, folder: environment.place(settled.input.dir), site, tree: plan(settled.input) };
  }
  // Nobody should answer a dozen questions for a folder that cannot be made.
  const { dir } = valuesOf(request.given);
  if (typeof dir === 'string') await survey(dir);
  // A run that asks nothing has no use for the questions' code.
  const { askAnswers } = await import('./create-questions.ts');
  const confirmed = await askAnswers({
    generator,
    given: request.given,
    context,
    prompter: await ports.openPrompter(),
    survey,
    plan,
    dryRun: request.dryRun,
  });
  return { ...confirmed, folder: environment.place(confirmed.input.dir), site: await survey(confirmed.input.dir) };
}

/** Who runs without git is not asked git's opinion on the owner either. */
async function contextOf(
  generator: Project,
  { given, locale }: CreateRequest,
  { git, environment }: CreatePorts,
): Promise<QuestionContext> {
  const off = given['git'] !== undefined && !isOn(generator, given['git'].value);
  const owner = given['owner'] !== undefined || off ? undefined : await git.owner();
  return { locale, timezone: environment.timezone, ...(owner !== undefined && { owner }) };
}

function isOn({ fields }: Project, raw: Parameters<typeof readField>[1]): boolean {
  const result = readField(fieldOf(fields, 'git'), raw);
  return 'value' in result && result.value === true;
}

/** The first commit is made where the folder is staged: it appears together with the files, or not at all. */
async function writeRepository(
  { input, tree, site, folder }: Pick<CreateResult, 'input' | 'tree' | 'site' | 'folder'>,
  ports: CreatePorts,
): Promise<GitOutcome | Skipped> {
  const wanted = input.git && site.state !== 'git-only';
  let outcome: GitOutcome | Skipped = { skipped: true };
  await ports.disk.writeFolder(folder, tree, async (staged) => {
    if (wanted)
      outcome = await ports.git.firstCommit(staged, folder, uiOf(input.locale).create.commitMessage(input.name));
  });
  return outcome;
}

/** Stopped while installing, the run takes its folder back, unless somebody has begun to work in it. */
async function installOrWithdraw(
  { folder, tree, input }: Pick<CreateResult, 'folder' | 'tree' | 'input'>,
  { locale }: CreateRequest,
  ports: CreatePorts,
): Promise<InstallOutcome> {
  const { create: ui } = uiOf(locale);
  const environment = input.language === 'typescript' ? ports.node : ports.python;
  try {
    return await ports.reporter.step(
      input.language === 'typescript' ? ui.installingPackages : ui.installing,
      (progress) => environment.install(folder, { signal: ports.signal, progress }),
      ({ done }) => done,
    );
  } catch (error) {
    if (!(error instanceof Cancelled) || (await ports.disk.withdrawFolder(folder, tree))) throw error;
    ports.reporter.warn(ui.kept(folder));
    throw new Cancelled(error.exitCode, true);
  }
}
