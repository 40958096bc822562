import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'rolldown/utils';

/** Declarations of many modules as one file, and what each entry gives of it. */
export interface BundledTypes {
  readonly types: string;
  readonly entries: Readonly<Record<string, string>>;
}

interface Module {
  /** The names that a module gives, its own and others'. */
  readonly names: ReadonlySet<string>;
}

interface Bundle {
  readonly modules: Map<string, Module>;
  /** The text of each declaration by its name: a name has to mean one thing. */
  readonly declarations: Map<string, string>;
}

type Node = ReturnType<typeof parseSync>['program']['body'][number];

/**
 * Puts the declaration files that entries reach into one: a vendored package then has four of them and not forty.
 * @throws Error when two modules declare different things under one name
 */
export function bundleTypes(entries: Readonly<Record<string, string>>): BundledTypes {
  const bundle: Bundle = { modules: new Map(), declarations: new Map() };
  const given = Object.entries(entries).map(([name, file]): [string, string] => {
    const names = [...readModule(file, bundle).names].toSorted();
    return [name, `export {\n${names.map((each) => `  ${each},`).join('\n')}\n} from './types.mjs';\n`];
  });
  return { types: [...bundle.declarations.values()].join('\n'), entries: Object.fromEntries(given) };
}

function readModule(file: string, bundle: Bundle): Module {
  const known = bundle.modules.get(file);
  if (known !== undefined) return known;
  const names = new Set<string>();
  bundle.modules.set(file, { names });
  const text = readFileSync(file, 'utf8');
  let from = 0;
  for (const node of parseSync(file, text).program.body) {
    readNode(node, { file, text: text.slice(from, node.end), start: node.start - from, names, bundle });
    from = node.end;
  }
  return { names };
}

interface Reading {
  readonly file: string;
  /** The node with the comment above it. */
  readonly text: string;
  readonly start: number;
  readonly names: Set<string>;
  readonly bundle: Bundle;
}

function readNode(node: Node, reading: Reading): void {
  const { file, names, bundle } = reading;
  const target = 'source' in node && node.source ? readModule(fileOf(file, node.source.value), bundle) : undefined;
  if (node.type === 'ImportDeclaration') return checkNames(node, file);
  if (node.type === 'ExportAllDeclaration') return target?.names.forEach((each) => names.add(each));
  if (node.type !== 'ExportNamedDeclaration') return declare(node, reading);
  if (node.declaration) return nameOf(node.declaration as Node).forEach((each) => names.add(each)), declare(node, reading);
  checkNames(node, file);
  for (const each of node.specifiers) names.add((each.exported as { name: string }).name);
}

function declare(node: Node, { file, text, start, bundle }: Reading): void {
  const declaration = node.type === 'ExportNamedDeclaration' ? (node.declaration as Node) : node;
  const exported = node === declaration ? `${text.slice(0, start)}export ${text.slice(start)}` : text;
  for (const name of nameOf(declaration)) {
    const known = bundle.declarations.get(name);
    // Overloads of a function stand one after another in one file.
    if (known === undefined || (declaration.type === 'TSDeclareFunction' && !known.includes(exported.trim())))
      bundle.declarations.set(name, `${known === undefined ? '' : `${known}\n`}${exported.trim()}`);
    else if (known !== exported.trim()) throw new Error(`${file} declares another ${name} than a module before it`);
  }
}

function nameOf(node: Node): string[] {
  if (node.type === 'VariableDeclaration') return node.declarations.map(({ id }) => (id as { name: string }).name);
  return 'id' in node && node.id ? [(node.id as { name: string }).name] : [];
}

/** A name that changes on its way would have to change in every text that uses it. */
function checkNames(node: Extract<Node, { specifiers: unknown }>, file: string): void {
  for (const each of node.specifiers as { type: string; local: { name: string }; imported?: { name: string }; exported?: { name: string } }[]) {
    const [inside, outside] = [each.local.name, (each.imported ?? each.exported)?.name];
    if (inside !== outside) throw new Error(`${file}: ${inside} is renamed or a namespace, which a bundle of types cannot follow`);
  }
}

function fileOf(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) throw new Error(`${from} takes types of ${specifier}, which a vendored package does not have`);
  return join(dirname(from), specifier.replace(/\.ts$/, '.d.ts'));
}
