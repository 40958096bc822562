import type { Node } from './parse-python.ts';
import { childrenOf, nodesOf } from './parse-python.ts';
import { argumentsOf, bindingsOf, functionsOf, importsOf, parametersOf } from './read-module.ts';
import type { Replacement } from './replace-ranges.ts';

/** A stage, the package of the core it lies in, and its new name. */
export interface Renaming {
  readonly group: string;
  readonly name: string;
  readonly next: string;
}

/** What must change in a stage's own module: its definition, what refers to it, and where it tells the core its name. */
export function renameInModule(module: Node, { name, next }: Renaming): Replacement[] {
  const definitions = functionsOf(module).flatMap(({ node }) => node.childForFieldName('name') ?? []).filter(({ text }) => text === name);
  const uses = definitions.length > 0 ? freeIdentifiers(module, name) : [];
  return [...[...definitions, ...uses].map(replaceBy(next)), ...namesToldTo(module, name).map(replaceBy(next)), ...queryFiles(module, name, next)];
}

/**
 * What refers to a stage in any other module, where the syntax tree says so for certain: imports, members of the
 * modules that gather stages, texts that are the path of one, and what the settings are asked about one.
 * @param folder the package that the file lies in, such as `core.extractors`, for relative imports
 */
export function referencesTo(module: Node, renaming: Renaming, folder: string): Replacement[] {
  return [...importedReferences(module, renaming, folder), ...memberReferences(module, renaming), ...pathReferences(module, renaming), ...settingsReferences(module, renaming)];
}

/** `settings().keys_of("orders")`: what config.yaml says of a stage. */
function settingsReferences(module: Node, { group, name, next }: Renaming): Replacement[] {
  // Neither pipelines nor flows stand in config.yaml, where a stage may have the same name.
  if (group === 'pipelines' || group === 'flows') return [];
  if (!importsOf(module).some((each) => each.module === 'core.settings')) return [];
  const calls = nodesOf(module, 'call').filter((node) => /\.(?:keys_of|options_of|source_of)$/.test(node.childForFieldName('function')?.text ?? ''));
  return calls.flatMap((node) => contentsOf(argumentsOf(node)[0], name)).map(replaceBy(next));
}

/** The packages that modules of a group lie in: what publishes needs Prefect and stands outside of the core. */
function packagesOf(group: string): readonly string[] {
  if (group === 'flows') return ['prefect_flows'];
  return [`core.${group}`, ...(group === 'loaders' ? ['prefect_flows.artifacts'] : [])];
}

const replaceBy = (text: string) => ({ startIndex, endIndex }: Node): Replacement => ({ start: startIndex, end: endIndex, text });

function importedReferences(module: Node, { group, name, next }: Renaming, folder: string): Replacement[] {
  const packages = packagesOf(group);
  const own = packages.map((each) => `${each}.${name}`);
  const gathering = [...packages, 'prefect_flows.tasks'];
  return nodesOf(module, 'import_statement', 'import_from_statement').flatMap((node) => {
    if (node.type === 'import_statement') return childrenOf(node).flatMap((each) => dottedName(each, own)).map(replaceBy(next));
    const [from, ...names] = childrenOf(node);
    const path = from === undefined ? '' : resolveImport(from.text, folder);
    if (from === undefined || (!own.includes(path) && !gathering.includes(path))) return [];
    const isModule = own.includes(path) ? lastIdentifier(from).map(replaceBy(next)) : [];
    return [...isModule, ...names.flatMap((each) => importedName(module, each, name, next))];
  });
}

function dottedName(node: Node, paths: readonly string[]): Node[] {
  const name = node.type === 'aliased_import' ? childrenOf(node)[0] : node;
  return name !== undefined && paths.includes(name.text) ? lastIdentifier(name) : [];
}

function lastIdentifier(node: Node): Node[] {
  return nodesOf(node, 'identifier').slice(-1);
}

/** `from .orders import x` in `core.extractors` is `core.extractors.orders`. */
function resolveImport(text: string, folder: string): string {
  const dots = /^\.*/.exec(text)?.[0].length ?? 0;
  if (dots === 0) return text;
  const parts = folder.split('.');
  return [...parts.slice(0, parts.length - dots + 1), text.slice(dots)].filter((part) => part !== '').join('.');
}

/** The name in an import, and in the module what it stands for; where the module binds it again, only the import. */
function importedName(module: Node, node: Node, name: string, next: string): Replacement[] {
  if (node.type === 'aliased_import') return childrenOf(node).slice(0, 1).filter(({ text }) => text === name).map(replaceBy(next));
  if (node.text !== name) return [];
  const taken = nodesOf(module, 'identifier').some(({ text }) => text === next);
  const again = bindingsOf(module).has(name) || importsOf(module).filter(({ local }) => local === name).length > 1;
  if (again || taken) return [replaceBy(`${next} as ${name}`)(node)];
  return [node, ...freeIdentifiers(module, name)].map(replaceBy(next));
}

/** `tasks.orders`, `steps.orders` in a function that is given its steps, `extractors.orders`. */
function memberReferences(module: Node, { group, name, next }: Renaming): Replacement[] {
  const spaces = namespaces(module, group);
  const isSpace = (node: Node): boolean => (spaces.has(node.text) && !isShadowed(node, node.text)) || (node.text === 'steps' && isParameter(node, 'steps'));
  return nodesOf(module, 'attribute', 'call').flatMap((node) => {
    if (node.type === 'attribute') {
      const [object, member] = [node.childForFieldName('object'), node.childForFieldName('attribute')];
      return object !== null && member?.text === name && isSpace(object) ? [replaceBy(next)(member)] : [];
    }
    if (!/(?:^|\.)(?:get|set|has|del)attr$/.test(node.childForFieldName('function')?.text ?? '')) return [];
    const [object, member] = argumentsOf(node);
    return object !== undefined && isSpace(object) ? contentsOf(member, name).map(replaceBy(next)) : [];
  });
}

/** The local names of the modules whose members are stages of a group. */
function namespaces(module: Node, group: string): ReadonlySet<string> {
  const packages = [...packagesOf(group), 'prefect_flows.tasks'];
  const from = importsOf(module).filter((each) => packages.includes(`${each.module}.${each.name}`));
  const whole = nodesOf(module, 'import_statement').flatMap(childrenOf).flatMap((each) => {
    const [name, alias] = each.type === 'aliased_import' ? childrenOf(each) : [each, each];
    return name !== undefined && packages.includes(name.text) ? [alias?.text ?? ''] : [];
  });
  return new Set([...from.map(({ local }) => local), ...whole]);
}

/** Texts such as `"prefect_flows.tasks.orders"`, as `monkeypatch.setattr` takes them. */
function pathReferences(module: Node, { group, name, next }: Renaming): Replacement[] {
  const path = new RegExp(`^(?:${[...packagesOf(group), 'prefect_flows.tasks'].join('|').replaceAll('.', '\\.')})\\.(${name})(?:[.:](${name}))?(?![\\w])`);
  return nodesOf(module, 'string_content').flatMap((node) => {
    const found = path.exec(node.text);
    if (found === null) return [];
    const text = found[0].split(/(?<=[.:])/).map((part) => (part.replace(/[.:]$/, '') === name ? part.replace(name, next) : part)).join('');
    return [{ start: node.startIndex, end: node.startIndex + found[0].length, text }];
  });
}

/** Identifiers that mean what the module itself calls so: no attribute, no keyword, no name of an import or definition. */
function freeIdentifiers(module: Node, name: string): Node[] {
  return nodesOf(module, 'identifier').filter((node) => node.text === name && !isLabel(node) && !isShadowed(node, name));
}

function isLabel(node: Node): boolean {
  const { parent } = node;
  if (parent === null) return false;
  if (parent.type === 'attribute') return parent.childForFieldName('attribute')?.id === node.id;
  if (parent.type === 'keyword_argument' || parent.type === 'function_definition') return parent.childForFieldName('name')?.id === node.id;
  return ['dotted_name', 'aliased_import', 'import_from_statement'].includes(parent.type);
}

function isShadowed(node: Node, name: string): boolean {
  return functionsAround(node).some((each) => parametersOf(each).includes(name) || bindingsOf(each).has(name));
}

function isParameter(node: Node, name: string): boolean {
  return functionsAround(node).some((each) => parametersOf(each).includes(name));
}

function functionsAround(node: Node): Node[] {
  const found: Node[] = [];
  for (let at = node.parent; at !== null; at = at.parent) if (at.type === 'function_definition' || at.type === 'lambda') found.push(at);
  return found;
}

/** Texts by which a stage tells the core who it is: an argument of a function of the core, or `stage = "orders"`. */
function namesToldTo(module: Node, name: string): Node[] {
  const core = new Set(importsOf(module).filter((each) => each.module.startsWith('core.')).map(({ local }) => local));
  return nodesOf(module, 'call', 'assignment').flatMap((node) => {
    if (node.type === 'call' && isOfCore(node.childForFieldName('function'), core)) return argumentsOf(node).flatMap((each) => contentsOf(each, name));
    if (node.type !== 'assignment' || node.childForFieldName('left')?.text !== 'stage') return [];
    return contentsOf(node.childForFieldName('right') ?? undefined, name);
  });
}

function isOfCore(callee: Node | null, core: ReadonlySet<string>): boolean {
  return callee !== null && core.has(callee.text);
}

/** The file of a query, where it is named. */
function queryFiles(module: Node, name: string, next: string): Replacement[] {
  return nodesOf(module, 'string_content').filter(({ text }) => text === `${name}.sql` || text.endsWith(`/${name}.sql`)).map(({ endIndex }) => {
    return { start: endIndex - name.length - 4, end: endIndex, text: `${next}.sql` };
  });
}

/** The inside of a text that is exactly a name. */
function contentsOf(node: Node | undefined, name: string): Node[] {
  return node?.type === 'string' ? childrenOf(node).filter(({ type, text }) => type === 'string_content' && text === name) : [];
}

/** Every text that is exactly a name, with where it stands. */
export function literalsOf(module: Node, name: string): Node[] {
  return nodesOf(module, 'string_content').filter(({ text }) => text === name);
}
