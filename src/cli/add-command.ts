import { additionsFor } from '../../generators/additions-for.ts';
import { Failure, problem } from '../errors/failure.ts';
import type { Addition } from '../generate/define-addition.ts';
import { lacks } from '../generate/define-addition.ts';
import type { RawAnswers } from '../generate/define-generator.ts';
import { add, generatorOf } from '../jobs/add.ts';
import type { GrowPorts } from '../jobs/grow.ts';
import { stageKeys } from './declared-flags.ts';
import { flagName, optionsOf, positional, quoted } from './grow-arguments.ts';
import { portsOf } from './grow-ports.ts';
import { showGrowth } from './grow-report.ts';
import type { Session } from './run.ts';

/** Adds to a repository that is there. */
export async function runCommand(session: Session): Promise<number> {
  const [named] = session.parsed.positionals;
  const ports = portsOf(session, await additionsFor(named));
  const given = named === undefined ? undefined : answersOf(session, generatorOf(named, ports.generators));
  const asks = session.terminal.canAsk && session.parsed.flags['yes'] !== true;
  if (asks && (named === undefined || given === undefined || lacks(generatorOf(named, ports.generators), given))) return askAndAdd(session, ports);
  const name = positional(session, 0, ['<generator>'], Object.keys(ports.generators));
  return showGrowth(session, await add(name, given ?? {}, optionsOf(session), ports));
}

/** Asks on a terminal for what is missing. Nobody answers questions only to hear that this is no repository. */
async function askAndAdd(session: Session, ports: GrowPorts): Promise<number> {
  if (ports.repositories.find(ports.cwd) === undefined) throw new Failure([problem('E_NOT_A_REPOSITORY', { folder: ports.cwd })]);
  const [{ askGenerator, askMissing }, { openPrompter }] = await Promise.all([import('../jobs/add-questions.ts'), import('./open-prompter.ts')]);
  const prompter = await openPrompter(session);
  const [named] = session.parsed.positionals;
  const name = named ?? (await askGenerator(Object.values(ports.generators), prompter, session.locale));
  const generator = generatorOf(name, ports.generators);
  const answers = await askMissing(generator, answersOf(session, generator), prompter, session.locale);
  const said = Object.keys(generator.fields).map((key) => answers[key]).filter((each) => each !== undefined && each !== '');
  const command = ['add', name, ...said.map((each) => quoted(String(each)))].join(' ');
  return showGrowth(session, await add(name, answers, { ...optionsOf(session), command }, ports));
}

/** By position in the order of the fields, or by flag; `--input` is `--inputs` with one. */
function answersOf({ parsed }: Session, { name, fields }: Addition): RawAnswers {
  const { flags, positionals } = parsed;
  const keys = Object.keys(fields);
  const placed = keys.filter((key) => fields[key]?.meta.positional === true);
  const extra = positionals[placed.length + 1];
  if (extra !== undefined) throw new Failure([problem('E_ARGUMENT_EXTRA', { argument: extra, command: `add ${name}`, most: placed.length, swallowed: false })]);
  const byPosition = Object.fromEntries(placed.map((key, index) => [key, positionals[index + 1]]));
  const given: Readonly<Record<string, string | boolean | undefined>> = { ...flags, ...(flags['input'] !== undefined && { inputs: flags['input'] }) };
  const foreign = stageKeys.find((key) => key !== 'input' && given[key] !== undefined && !keys.includes(key));
  if (foreign !== undefined) throw new Failure([problem('E_FLAG_UNKNOWN', { flag: flagName(foreign), command: `add ${name}`, known: keys.map(flagName) })]);
  const byFlag = Object.fromEntries(keys.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]));
  return { ...byPosition, ...byFlag };
}
