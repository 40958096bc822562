import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Visitor, parseSync } from 'rolldown/utils';

/** What the architecture test needs to know about one source file. */
export interface SourceFacts {
  /** Its path from the root, with slashes. */
  readonly file: string;
  readonly room: string;
  /** Files of ours that it imports; `typeOnly` when nothing of it is left at run time. */
  readonly ours: readonly { readonly file: string; readonly typeOnly: boolean }[];
  /** Modules of Node and packages that it imports, types included. */
  readonly foreign: readonly string[];
  /** What it reaches for besides its arguments: the clock, randomness, the process, the network. */
  readonly impure: readonly string[];
}

const globals = new Set([
  'process',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'crypto',
  'navigator',
  'require',
]);
const calls = new Set(['Date.now', 'Math.random']);

/** Reads the facts of every TypeScript file of src and generators. */
export function readSources(): SourceFacts[] {
  return ['src', 'generators'].flatMap((top) => filesBelow(top).map(readFacts));
}

function filesBelow(top: string): string[] {
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.m?ts$/.test(name)).map((name) => slashes(join(top, name)));
}

/** The room that a file stands in: a folder of src, `generators`, or `doors` for the modules that the package exports. */
export function roomOf(file: string): string {
  const [top = '', room = ''] = file.split('/');
  if (top !== 'src') return top;
  return room.includes('.') ? 'doors' : room;
}

function readFacts(file: string): SourceFacts {
  const text = readFileSync(file, 'utf8');
  const { module, program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const requests = [
    ...module.staticImports.map((each) => ({ to: each.moduleRequest.value, typeOnly: isTypeOnly(each.entries) })),
    ...module.staticExports
      .flatMap((each) => each.entries)
      .flatMap(({ moduleRequest, isType }) => (moduleRequest ? [{ to: moduleRequest.value, typeOnly: isType }] : [])),
    ...module.dynamicImports.map(({ moduleRequest }) => ({
      to: text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
      typeOnly: false,
    })),
  ];
  const ours = requests.filter(({ to }) => to.startsWith('.'));
  return {
    file,
    room: roomOf(file),
    ours: ours.map(({ to, typeOnly }) => ({ file: slashes(normalize(join(dirname(file), to))), typeOnly })),
    foreign: requests.map(({ to }) => to).filter((to) => !to.startsWith('.')),
    impure: impureIn(program),
  };
}

function isTypeOnly(entries: readonly { readonly isType: boolean }[]): boolean {
  return entries.length > 0 && entries.every((each) => each.isType);
}

function impureIn(program: ReturnType<typeof parseSync>['program']): string[] {
  const found: string[] = [];
  const names: string[] = [];
  // A property or a key of that name is not the global.
  const own = new Set<unknown>();
  new Visitor({
    MemberExpression(node) {
      if (!node.computed) own.add(node.property);
      if (node.object.type === 'Identifier' && node.property.type === 'Identifier') {
        const called = `${node.object.name}.${node.property.name}`;
        if (calls.has(called)) found.push(called);
      }
    },
    Property: (node) => void (node.computed || own.add(node.key)),
    TSPropertySignature: (node) => void own.add(node.key),
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0)
        found.push('new Date()');
    },
    Identifier: (node) => void (globals.has(node.name) && !own.has(node) && names.push(node.name)),
  }).visit(program);
  return [...found, ...names];
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}
