import { parse as readYaml } from 'yaml';
import { Failure } from '../../src/errors/failure.ts';
import type { RawAnswers } from '../../src/generate/define-generator.ts';
import { flowNames } from '../../src/generate/flow-files.ts';
import { removeEntry } from '../../src/config/edit-config.ts';
import { fileOfRenamed, moduleOf } from '../../src/generate/stage-files.ts';
import { isPipeline } from '../../src/generate/plan-remove-pipeline.ts';
import type { Remark } from '../../src/generate/plan-add.ts';
import type { RepositoryState } from '../../src/generate/repository-state.ts';
import { stagesOf } from '../../src/generate/repository-state.ts';
import type { GrowOptions, GrowPorts, GrowResult } from '../../src/jobs/grow.ts';
import { add } from '../../src/jobs/add.ts';
import { remove } from '../../src/jobs/remove.ts';
import { rename } from '../../src/jobs/rename.ts';
import { sync } from '../../src/jobs/sync.ts';
import { undo } from '../../src/jobs/undo.ts';
import type { FileOp } from '../../src/plan/plan.ts';
import { countErrors } from '../../src/python/parse-python.ts';
import type { Files } from './grown.ts';
import { addTo, parse, startFiles, stateOf } from './grown.ts';
import type { Adding, AddingOther, Edit, Merge, Run, Step } from './history-steps.ts';
import { configEdits, deploymentEdits, edits, flowEdits, names, pipelines, writeStage } from './history-steps.ts';
import { memoryPorts } from './memory-repository.ts';

const flowPath = 'prefect_flows/conversion_flow.py';
const configPath = 'config/config.yaml';
const deploymentsPath = 'prefect.yaml';
const lockPath = '.kpi-flow/lock';
const start = startFiles({ dir: 'kpi', name: 'Conversión', id: 'conversion', type: 'ratio', inputs: 'orders,sessions', grain: 'day,channel', owner: 'ana', target: 0.03, warning: 0.02 });

const generated = /^\.kpi-flow\/|\/__init__\.py$|^prefect_flows\/tasks\.py$|^src\/core\/sources\.py$|^config\/|^docs\/kpi\.md$/;
/** What a person may write into without breaking it: `#` begins a comment, or a heading. */
const editable = (path: string): boolean => /\.(?:py|md|ya?ml)$|^pyproject\.toml$|^\.env\.example$/.test(path) && !generated.test(path);
/** What a person may delete without breaking the rest by their own hand. */
const deletable = (path: string): boolean => /^(?:tests\/(?:unit|flows)\/test_\w+\.py|automations\/.*|docs\/adr\/.*)$/.test(path);

const options: GrowOptions = { command: 'test', dryRun: false, force: false };

/** A repository while its history is played, and what must not be lost of it. */
export class Played {
  readonly files: Files = new Map(start);
  readonly #ports: GrowPorts = memoryPorts(this.files);
  /** Words that people wrote. */
  #written: string[] = [];
  /** What can be taken back, the last run last. */
  #runs: { readonly ops: readonly FileOp[]; readonly before: Files }[] = [];
  #count = 0;

  /** Plays a step; says what is wrong then. */
  async play(next: Step): Promise<string[]> {
    this.#count += 1;
    switch (next.do) {
      case 'undo':
        return this.#undo();
      case 'delete':
      case 'edit':
      case 'edit flow':
      case 'edit deployments':
        this.#edit(next, `mine_${this.#count}_`);
        return [];
      case 'edit config':
      case 'write stage':
      case 'strike stage':
        return this.#editConfig(next, `mine_${this.#count}_`);
      case 'merge':
        return this.#merge(next);
      default:
        return this.#run(next);
    }
  }

  async #run(next: Run): Promise<string[]> {
    const before = new Map(this.files);
    const job = jobFor(next, stateOf(before), this.#ports);
    const result = await tried(() => job(options));
    if (result === undefined) return sameFiles(this.files, before) ? [] : ['what was refused has changed files'];
    const { ops } = result.plan;
    if (result.run !== undefined) this.#runs.push({ ops, before });
    if (result.run !== undefined) this.#deleteOutlived(result.remarks);
    const again = next.do === 'add' || next.do === 'add other' ? [...insertedOnly(ops), ...(await addedTwice(job))] : [];
    const left = await this.#unsettled(before);
    return [...this.#lost(), ...brokenIn(this.files, before), ...tornBy(ops, before), ...again, ...left.map((path) => `after ${next.do}, sync changes ${path}`)];
  }

  /** Who is told that a test of theirs outlived its stage deletes it. */
  #deleteOutlived(remarks: readonly Remark[]): void {
    for (const { file } of remarks.filter((each) => each.kind === 'outlived')) {
      const text = this.files.get(file) ?? '';
      this.files.delete(file);
      this.#written = this.#written.filter((each) => !text.includes(each));
    }
  }

  /** The last run goes as it came while its files stand as it left them; otherwise nothing happens. */
  async #undo(): Promise<string[]> {
    const before = new Map(this.files);
    const last = this.#runs.at(-1);
    const stands = last?.ops.every((op) => before.get(op.path) === (op.kind === 'delete' ? undefined : op.after)) === true;
    const result = await tried(() => undo(options, this.#ports));
    if (last === undefined || !stands) return result === undefined && sameFiles(this.files, before) ? [] : ['undo takes back what somebody has changed since'];
    this.#runs.pop();
    const expected = new Map(before);
    for (const { path } of last.ops) {
      const text = last.before.get(path);
      if (text === undefined) expected.delete(path);
      else expected.set(path, text);
    }
    return sameFiles(this.files, expected) ? [] : ['undo does not restore the bytes'];
  }

  /** Whoever edits config.yaml by hand and runs sync has what it says, and every byte of theirs. */
  async #editConfig(next: Edit & { do: 'edit config' | 'write stage' | 'strike stage' }, mark: string): Promise<string[]> {
    this.#edit(next, mark);
    const text = this.files.get(configPath);
    const refused = await failureOf(() => sync({ ...options, dryRun: true }, this.#ports));
    const wrong = await this.#run({ do: 'sync' });
    const { config } = stateOf(this.files);
    const missing = [...stagesOf(config)].filter(([name, group]) => !this.files.has(moduleOf(group, name, config)));
    return [
      ...wrong,
      ...(refused === undefined ? [] : [`sync refuses ${JSON.stringify(next)}: ${refused}\n${text}`]),
      ...(this.files.get(configPath) === text ? [] : ['sync changes config.yaml']),
      ...missing.map(([name]) => `sync leaves ${name} without code`),
    ];
  }

  #edit(next: Edit, mark: string): void {
    const chosen = this.#chosenBy(next);
    const text = this.files.get(chosen);
    if (text === undefined) return;
    if (next.do === 'delete') {
      this.files.delete(chosen);
      this.#written = this.#written.filter((each) => !text.includes(each));
      return;
    }
    const after = next.do === 'write stage' || next.do === 'strike stage' ? stageEdited(next, text, mark, stateOf(this.files)) : edited(next, chosen, text, mark);
    this.#written = this.#written.filter((each) => !text.includes(each) || after.includes(each));
    this.files.set(chosen, after);
    if (after.includes(mark)) this.#written.push(mark);
  }

  #chosenBy(next: Edit): string {
    if (next.do === 'edit flow') return flowPath;
    if (next.do === 'edit config' || next.do === 'write stage' || next.do === 'strike stage') return configPath;
    if (next.do === 'edit deployments') return deploymentsPath;
    const own = [...this.files.keys()].filter(next.do === 'delete' ? deletable : editable);
    return own[next.path % own.length] ?? '';
  }

  /** Two branches that each add; git puts together what it can, a person keeps both lines elsewhere, sync does the rest. */
  async #merge({ ours, theirs }: Merge): Promise<string[]> {
    const base = new Map(this.files);
    const state = stateOf(base);
    const [one, other] = [answersOf(named(ours), state), answersOf(named(theirs), state)];
    const [left, right] = [await grownBy(base, ours, one), await grownBy(base, theirs, other)];
    const both = left && (await grownBy(left, theirs, other));
    const reversed = right && (await grownBy(right, ours, one));
    // What both branches call by one name is for people to settle.
    if (left === undefined || right === undefined || both === undefined || reversed === undefined) return [];
    const merged = mergeFiles(base, left, right, both);
    for (const each of [merged, both, reversed]) await sync(options, memoryPorts(each));
    this.files.clear();
    for (const [path, text] of merged) this.files.set(path, text);
    const differs = isComparable(ours, theirs)
      ? [
          ...differences(both, merged, (path) => path !== lockPath).map((path) => `after the merge ${path} is not what adding one after the other gives`),
          ...differences(both, reversed, () => true).map((path) => `${path} depends on which of the two was added first:\n${both.get(path)}\n---\n${reversed.get(path)}`),
        ]
      : [];
    return [...differs, ...this.#lost(), ...brokenIn(this.files, base), ...(await this.#unsettled()).map((path) => `a second sync after a merge changes ${path}`)];
  }

  #lost(): string[] {
    const all = [...this.files.values()].join('\n');
    return this.#written.filter((mark) => !all.includes(mark)).map((mark) => `${mark} is lost`);
  }

  /** What sync would still change, unless it would have before, under whatever name; the lock notes what somebody deleted. */
  async #unsettled(before?: Files): Promise<string[]> {
    const left = async (ports: GrowPorts): Promise<string[]> => (await sync({ ...options, dryRun: true }, ports)).plan.ops.map(({ path }) => path).filter((path) => path !== lockPath);
    const after = await left(this.#ports);
    if (after.length === 0 || before === undefined) return after;
    const known = (await left(memoryPorts(before))).map((path) => this.#nowOf(path, before));
    return after.filter((path) => !known.includes(path));
  }

  /** The path of a file by the name that its stage has now. */
  #nowOf(path: string, before: Files): string {
    const [old, now] = [before, this.files].map((files) => [...stagesOf(stateOf(files).config).keys()]);
    const [from, to] = [old?.find((name) => !now?.includes(name)), now?.find((name) => !old?.includes(name))];
    return from === undefined || to === undefined ? path : fileOfRenamed(path, from, to);
  }

  /** What must hold at the end of any history. */
  async finish(): Promise<string[]> {
    await sync(options, this.#ports);
    const again = (await sync(options, this.#ports)).plan.ops.map(({ path }) => `a second sync changes ${path}`);
    return [...this.#lost(), ...again];
  }
}

/** A stage that somebody writes into config.yaml or takes out: one that no code calls and no other stage takes. */
function stageEdited(next: Edit & { do: 'write stage' | 'strike stage' }, text: string, mark: string, { config, read, lock }: RepositoryState): string {
  const taken = stagesOf(config);
  if (next.do === 'write stage') {
    const name = pick(names.filter((each) => !taken.has(each) && ![...lock.files.keys()].some((path) => path.includes(`test_${each}.py`)) && !pipelines.includes(each)), next.name);
    return name === undefined ? text : writeStage(text, name, next.form, next.atEnd, mark);
  }
  const code = [...lock.files.keys()].filter((path) => /^(?:prefect_flows|src\/core\/pipelines)\//.test(path)).map(read).join('\n');
  const alone = [...taken].filter(([name, group]) => names.includes(name) && Object.keys(config[group]).length > 1 && !new RegExp(`(?:tasks|steps)\\.${name}\\b`).test(code) && ![...lock.settings].some(([key, value]) => /^(?:inputs|takes)\./.test(key) && value.split(',').includes(name)));
  const [name, group] = pick(alone, next.name) ?? [];
  return name === undefined || group === undefined ? text : removeEntry(text, group, name);
}

function edited(next: Exclude<Edit, { do: 'delete' | 'write stage' | 'strike stage' }>, path: string, text: string, mark: string): string {
  if (next.do === 'edit flow') return flowEdits[next.form](text, mark);
  if (next.do === 'edit config') return configEdits[next.form](text, mark);
  if (next.do === 'edit deployments') return deploymentEdits[next.form](text, mark);
  // TOML has no byte order mark.
  return next.form === 'mark' && path.endsWith('.toml') ? text : edits[next.form](text, mark);
}

/** The job that a step asks for, as it looks from where the repository is now. */
function jobFor(next: Run, now: RepositoryState, ports: GrowPorts): (given: GrowOptions) => Promise<GrowResult> {
  switch (next.do) {
    case 'add':
    case 'add other': {
      const answers = answersOf(next, now);
      return (given) => add(next.generator, answers, given, ports);
    }
    case 'sync':
      return (given) => sync(given, ports);
    case 'remove': {
      // What was added last stands last, and is what people take back.
      const there = [...[...stagesOf(now.config).keys()].filter((name) => names.includes(name)).slice(-3), ...pipelines.filter((name) => isPipeline(name, now))];
      const name = pick(there, next.name) ?? 'nothing';
      return (given) => remove(name, given, ports);
    }
    case 'rename': {
      const name = pick([...stagesOf(now.config).keys(), ...pipelines.filter((each) => isPipeline(each, now))], next.name) ?? 'nothing';
      return (given) => rename(name, pick(names, next.next) ?? '', { ...given, editReferences: next.editReferences }, ports);
    }
  }
}

/** What a person answers: a free name as a rule, and inputs that are there. */
function answersOf(each: Adding | AddingOther, state: RepositoryState): RawAnswers {
  return each.do === 'add' ? answersOfStage(each, state) : answersOfOther(each, state);
}

function answersOfStage({ kind, name, inputs, source }: Adding, { config }: RepositoryState): RawAnswers {
  const taken = stagesOf(config);
  const free = names.filter((each) => !taken.has(each));
  const pool = [...Object.keys(config.extractors), ...(kind === 'cleaning' ? [] : [...Object.keys(config.transformers), 'by_day'])];
  const chosen = new Set(inputs.map((each) => pick(pool, pool.length - 1 - (each % pool.length)) ?? '').slice(0, kind === 'calculation' ? 2 : 1));
  return { name: name > 10 ? names[name] : pick(free, name), kind, ...(chosen.size > 0 && { inputs: [...chosen].join(',') }), ...(source !== undefined && { source }) };
}

function answersOfOther({ generator, given, chosen }: AddingOther, state: RepositoryState): RawAnswers {
  const { transformers, loaders } = state.config;
  if (generator === 'deployment') return { ...given, flow: pick(flowNames(state), chosen[0] ?? 0) ?? '' };
  if (generator !== 'pipeline') return given;
  // One whose data it returns, what keeps some data, or both, where they are of one mind.
  const [result, kept] = [pick(Object.keys(transformers).reverse(), chosen[0] ?? 0), pick(Object.keys(loaders).reverse(), chosen[1] ?? 0)];
  return { ...given, inputs: [chosen[0] === undefined || (chosen[1] ?? 0) % 2 === 1 ? [] : [result], chosen[1] === undefined ? [] : [kept]].flat().join(',') };
}

/** Which source is the first of its kind may differ between two branches, so each names one. */
function named(each: Adding | AddingOther): Adding | AddingOther {
  return each.do === 'add' ? { ...each, source: each.source ?? (each.kind === 'datalake' ? 'lake' : 'warehouse') } : each;
}

/**
 * Whether two additions come to the same in whatever order. Records are numbered as they come. A loader goes to the
 * one flow that has its data, and a further pipeline may make two of one; a pipeline that was told nothing takes what
 * is there.
 */
function isComparable(one: Adding | AddingOther, other: Adding | AddingOther): boolean {
  const generators = [one, other].map(({ generator }) => generator).sort().join(' ');
  return generators !== 'adr adr' && generators !== 'loader pipeline' && generators !== 'pipeline transformer';
}

async function grownBy(files: Files, { generator }: Adding | AddingOther, answers: RawAnswers): Promise<Files | undefined> {
  const grown = new Map(files);
  return (await tried(async () => addTo(grown, generator, answers))) && grown;
}

/** As git merges: what one side changed is taken, and where both did, people keep both; the lock merges by itself. */
function mergeFiles(base: Files, left: Files, right: Files, both: Files): Files {
  const merged: Files = new Map(left);
  for (const [path, theirs] of right) {
    const [ours, was] = [left.get(path), base.get(path)];
    if (theirs === was || theirs === ours) continue;
    if (ours === was) merged.set(path, theirs);
    else if (!generated.test(path) || path === configPath) merged.set(path, both.get(path) ?? theirs);
  }
  merged.set(lockPath, [...new Set(`${left.get(lockPath)}${right.get(lockPath)}`.split('\n'))].filter((line) => line !== '').map((line) => `${line}\n`).join(''));
  return merged;
}

function differences(one: Files, other: Files, counts: (path: string) => boolean): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((path) => counts(path) && one.get(path) !== other.get(path));
}

function pick<Value>(list: readonly Value[], at: number): Value | undefined {
  return list[at % Math.max(1, list.length)];
}

/** What is refused gives nothing; a bug of ours is no refusal. */
async function tried<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure && error.exitCode !== 70) return undefined;
    throw error;
  }
}

/** Why something is refused; nothing when it is not. */
async function failureOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return JSON.stringify(error.problems.map(({ code, args }) => [code, args]));
    throw error;
  }
}

const readable = new Map<string, boolean>();

/** Python that nobody could read any more, and lists of deployments. */
function brokenIn(files: Files, before: Files): string[] {
  const changed = [...files].filter(([path, text]) => before.get(path) !== text && start.get(path) !== text);
  const python = changed.filter(([path]) => path.endsWith('.py')).flatMap(([path, text]) => {
    const known = readable.get(text) ?? countErrors(parse(text)) === 0;
    readable.set(text, known);
    return known ? [] : [`${path} is no Python:\n${text}`];
  });
  const yaml = changed.filter(([path]) => /^(?:prefect|automations\/.*)\.yaml$/.test(path)).flatMap(([path, text]) => (isYaml(text) ? [] : [`${path} is no YAML:\n${text}`]));
  return [...python, ...yaml];
}

function isYaml(text: string): boolean {
  const value = readYaml(text.replace(/^\ufeff/, '')) as Readonly<Record<string, readonly { name: string }[]>>;
  const list = value['deployments'] ?? value['automations'] ?? [];
  return list.length > 0 && new Set(list.map(({ name }) => name)).size === list.length;
}

/** A plan says what stood there: it is refused when that is not so. */
function tornBy(ops: readonly FileOp[], before: Files): string[] {
  const paths = ops.map(({ path }) => path);
  const wrong = ops.filter((op) => (op.kind === 'create' ? before.has(op.path) : before.get(op.path) !== op.before)).map(({ kind, path }) => `${kind} of ${path} does not know what stands there`);
  const mixed = ops.filter((op) => op.kind === 'modify' && isMixed(op.after) && !isMixed(op.before)).map(({ path }) => `${path} has two kinds of line ends now`);
  return [...wrong, ...mixed, ...paths.filter((path, index) => paths.indexOf(path) !== index).map((path) => `${path} is written twice`)];
}

function isMixed(text: string): boolean {
  return text.includes('\r\n') && /(?<!\r)\n/.test(text);
}

/** Adding puts whole lines into what people own: nothing that stands there is changed or moved. */
function insertedOnly(ops: readonly FileOp[]): string[] {
  return ops.filter((op) => op.kind === 'modify' && !generated.test(op.path) && !isWithin(op.before, op.after)).map(({ path }) => `${path}: adding changes a line that stood there`);
}

function isWithin(before: string, after: string): boolean {
  const left = before.split('\n');
  for (const line of after.split('\n')) if (line === left[0]) left.shift();
  return left.length === 0;
}

/** What was added cannot be added once more. */
async function addedTwice(job: (given: GrowOptions) => Promise<GrowResult>): Promise<string[]> {
  return (await tried(() => job({ ...options, dryRun: true }))) === undefined ? [] : ['it can be added twice'];
}

function sameFiles(one: Files, other: Files): boolean {
  return one.size === other.size && [...one].every(([path, text]) => other.get(path) === text);
}
