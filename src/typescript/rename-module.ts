import { NotPlain } from '../python/plain-node.ts';
import type { Replacement } from '../python/replace-ranges.ts';
import type { Token } from './tokens.ts';
import { tokensOf } from './tokens.ts';

/** A module that gets another name, with what it exports. */
export interface ModuleRenaming {
  readonly name: string;
  readonly next: string;
  /** Its file, from the root of the repository: `src/core/extractors/orders.ts`. */
  readonly module: string;
  /** What it exports, and what that is called from now on. The function comes first. */
  readonly words: ReadonlyMap<string, string>;
  /** The modules that gather functions of its kind, which are their members. */
  readonly gathered: readonly string[];
  /** Its function is also a member of the parameter `steps` of a pipeline. */
  readonly isStep: boolean;
}

/**
 * What must change in any other module, where its words say so for certain: paths, imports, members of the modules that
 * gather stages, and what the settings are asked about one.
 * @throws NotPlain for a text whose words cannot be told apart
 */
export function referencesIn(path: string, text: string, renaming: ModuleRenaming): Replacement[] {
  const code = new Code(path, text);
  return [...code.paths(renaming), ...code.imported(renaming), ...code.members(renaming), ...code.asked(renaming)];
}

/**
 * What must change in the module itself: what it exports, its query, and where it tells the core its name.
 * @throws NotPlain also when something in it has the new name already
 */
export function definitionsIn(path: string, text: string, { name, next, words }: ModuleRenaming): Replacement[] {
  const code = new Code(path, text);
  if ([...words.values()].some((to) => code.isTaken(to))) throw new NotPlain();
  return [...[...words].flatMap(([word, to]) => code.uses(word).map(by(to))), ...code.told(name).map(inside(next)), ...code.queries(name, next)];
}

/** Every text that is exactly a name, with the bracket that it stands in and the word that is called with it. */
export function textsIn(path: string, text: string, name: string): { readonly token: Token; readonly bracket: string; readonly callee: string }[] {
  const code = new Code(path, text);
  return code.texts(name).map((at) => ({ token: code.token(at), bracket: code.bracketAround(at), callee: code.calleeOf(at) }));
}

const by = (text: string) => ({ start, end }: Token): Replacement => ({ start, end, text });
/** Between its quotes. */
const inside = (text: string) => ({ start, end }: Token): Replacement => ({ start: start + 1, end: end - 1, text });

interface Import {
  readonly specifiers: readonly { readonly imported: Token; readonly isAliased: boolean }[];
  /** The local name of the whole module. */
  readonly all: string | undefined;
  readonly path: string;
  readonly isExport: boolean;
}

const partners: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

class Code {
  readonly #path: string;
  readonly #tokens: readonly Token[];
  /** For each word, where the bracket opens that it stands in; for a bracket that opens, where it closes. */
  readonly #around: number[] = [];
  readonly #closes = new Map<number, number>();
  readonly #imports: Import[] = [];
  readonly #inImports = new Set<number>();

  constructor(path: string, text: string) {
    this.#path = path;
    this.#tokens = tokensOf(text);
    this.#pairBrackets();
    for (let at = 0; at < this.#tokens.length; at += 1) if (this.#around[at] === -1 && /^(?:import|export)$/.test(this.#text(at))) this.#readImport(at);
  }

  #pairBrackets(): void {
    const open: number[] = [];
    this.#tokens.forEach(({ kind, text }, at) => {
      const isMark = kind === 'mark';
      if (isMark && text in partners && this.#text(open.at(-1) ?? -1) === partners[text]) this.#closes.set(open.pop() ?? -1, at);
      this.#around.push(open.at(-1) ?? -1);
      if (isMark && /^[([{]$/.test(text)) open.push(at);
    });
  }

  token(at: number): Token {
    return this.#tokens[at] ?? (this.#tokens.at(-1) as Token);
  }

  /** The text of a word or mark; nothing where a string stands, whatever it says. */
  #text(at: number): string {
    const found = this.#tokens[at];
    return found === undefined || found.kind === 'string' || found.kind === 'pattern' ? '' : found.text;
  }

  bracketAround(at: number): string {
    return this.#text(this.#around[at] ?? -1);
  }

  /** The word before the bracket that something stands in. */
  calleeOf(at: number): string {
    return this.#text((this.#around[at] ?? -1) - 1);
  }

  /** Where a text stands that is exactly this. */
  texts(content: string): number[] {
    return this.#tokens.flatMap(({ kind, text }, at) => (kind === 'string' && !text.startsWith('`') && text.slice(1, -1) === content ? [at] : []));
  }

  #readImport(start: number): void {
    const clause: number[] = [];
    let at = start + 1;
    for (; this.#tokens[at]?.kind === 'name' || /^[{},*]$/.test(this.#text(at)); at += 1) clause.push(at);
    const from = this.#tokens[at];
    if (from?.kind !== 'string' || (clause.length > 0 && this.#text(at - 1) !== 'from')) return;
    for (let each = start; each <= at; each += 1) this.#inImports.add(each);
    const words = clause.map((each) => this.token(each)).filter(({ text }) => /^\w/.test(text) && text !== 'type' && text !== 'from');
    const isAlias = (index: number): boolean => words[index]?.text === 'as';
    const all = this.#text(clause[0] ?? -1) === '*' || this.#text(clause[1] ?? -1) === '*' ? words.at(-1)?.text : undefined;
    const specifiers = words.flatMap((imported, index) => (isAlias(index) || isAlias(index - 1) ? [] : [{ imported, isAliased: isAlias(index + 1) }]));
    this.#imports.push({ specifiers: all === undefined ? specifiers : [], all, path: this.#resolve(from.text.slice(1, -1)), isExport: this.#text(start) === 'export' });
  }

  /** A path from the root of the repository; nothing for the name of a package. */
  #resolve(path: string): string {
    return /^\.{1,2}\//.test(path) ? new URL(path, `file:///${this.#path}`).pathname.slice(1) : '';
  }

  /** Texts that are the path of the module, in imports and wherever else one is taken. */
  paths({ module, name, next }: ModuleRenaming): Replacement[] {
    const found = this.#tokens.filter(({ kind, text }) => kind === 'string' && this.#resolve(text.slice(1, -1)) === module);
    return found.map(({ end }) => ({ start: end - 1 - '.ts'.length - name.length, end: end - 1 - '.ts'.length, text: next }));
  }

  /** Names in imports, and in the module what they stand for; where that has another meaning too, only the import. */
  imported({ module, gathered, words }: ModuleRenaming): Replacement[] {
    const [called = ''] = words.keys();
    return this.#imports.flatMap(({ specifiers, path, isExport }) => {
      const known = path === module ? [...words.keys()] : gathered.includes(path) ? [called] : [];
      return specifiers.filter(({ imported }) => known.includes(imported.text)).flatMap(({ imported, isAliased }) => {
        const to = words.get(imported.text) ?? imported.text;
        if (isAliased) return [by(to)(imported)];
        if (isExport || this.isTaken(to) || this.#isWritten(imported.text)) return [by(`${to} as ${imported.text}`)(imported)];
        return [imported, ...this.uses(imported.text)].map(by(to));
      });
    });
  }

  isTaken(word: string): boolean {
    return this.#tokens.some(({ kind, text }) => (kind === 'name' && text === word) || isFilled(kind, text, word));
  }

  /** Whether its letters count where it stands, as the name of a property does: it cannot be replaced by another word. */
  #isWritten(word: string): boolean {
    return this.#tokens.some(({ kind, text }, at) => isFilled(kind, text, word) || (kind === 'name' && text === word && !this.#inImports.has(at) && this.#isShort(at)));
  }

  /** `{ orders }` and the method `{ orders() {…} }`. */
  #isShort(at: number): boolean {
    if (this.bracketAround(at) !== '{' || !/^[{},;]$/.test(this.#text(at - 1))) return false;
    if (/^[,}=]$/.test(this.#text(at + 1))) return /^[{,]$/.test(this.#text(at - 1));
    return this.#text(at + 1) === '(' && /^[{:]$/.test(this.#text((this.#closes.get(at + 1) ?? -2) + 1));
  }

  /** Where a word stands for what it names: no member, no key, nothing of an import. */
  uses(word: string): Token[] {
    return this.#tokens.filter(({ kind, text }, at) => kind === 'name' && text === word && !this.#inImports.has(at) && !/^\??\.$/.test(this.#text(at - 1)) && !this.#isKey(at) && !this.#isShort(at));
  }

  #isKey(at: number): boolean {
    const follows = this.#text(at + 1) === '?' ? this.#text(at + 2) : this.#text(at + 1);
    return follows === ':' && this.bracketAround(at) === '{' && /^(?:[{,;]|readonly)$/.test(this.#text(at - 1));
  }

  /** `tasks.orders`, `transformers.orders`, `steps.orders` in a function that is given its steps, `spyOn(tasks, 'orders')`. */
  members({ gathered, words, isStep }: ModuleRenaming): Replacement[] {
    const [[called, to] = ['', '']] = words;
    const spaces = this.#imports.flatMap(({ all, path }) => (all !== undefined && gathered.includes(path) ? [all] : []));
    const known = [...spaces, ...(isStep && this.#isParameter('steps') ? ['steps'] : [])].filter((each) => !this.#isBound(each) && (each === 'steps' || !this.#isParameter(each)));
    return this.#tokens.flatMap(({ text, kind }, at) => {
      if (kind !== 'name' || !known.includes(text) || /^\??\.$/.test(this.#text(at - 1)) || this.#inImports.has(at)) return [];
      if (/^\??\.$/.test(this.#text(at + 1)) && this.#text(at + 2) === called) return [by(to)(this.token(at + 2))];
      const member = this.token(at + 2);
      return this.#text(at + 1) === ',' && member.kind === 'string' && member.text.slice(1, -1) === called ? [inside(to)(member)] : [];
    });
  }

  #isBound(word: string): boolean {
    return this.#tokens.some(({ kind, text }, at) => kind === 'name' && text === word && /^(?:const|let|var|function|class)$/.test(this.#text(at - 1)));
  }

  /** Whether some function has a parameter of this name. */
  #isParameter(word: string): boolean {
    return this.#tokens.some(({ kind, text }, at) => {
      if (kind !== 'name' || text !== word || this.bracketAround(at) !== '(' || !/^[(,]$/.test(this.#text(at - 1))) return false;
      const behind = this.#text((this.#closes.get(this.#around[at] ?? -1) ?? -2) + 1);
      return this.#text(at + 1) === ':' || this.#text(at + 1) === '=' || behind === '=>' || (behind === '{' && this.calleeOf(at) !== 'if');
    });
  }

  /** `optionsOf('orders')`, `loaders['orders']`: what config.yaml says of a stage. */
  asked({ name, next }: ModuleRenaming): Replacement[] {
    if (!this.#imports.some(({ path }) => path === 'src/core/settings.ts')) return [];
    const asks = (at: number): boolean => (this.bracketAround(at) === '(' && /^(?:optionsOf|keysOf|sourceOf)$/.test(this.calleeOf(at))) || (this.bracketAround(at) === '[' && /^(?:extractors|transformers|loaders)$/.test(this.calleeOf(at)));
    return this.texts(name).filter(asks).map((at) => inside(next)(this.token(at)));
  }

  /** Texts by which a module tells another one of the repository its name. */
  told(name: string): Token[] {
    const known = new Set(this.#imports.flatMap(({ specifiers, path }) => (path === '' ? [] : specifiers.map(({ imported }) => imported.text))));
    return this.texts(name).filter((at) => this.bracketAround(at) === '(' && known.has(this.calleeOf(at))).map((at) => this.token(at));
  }

  /** The file of a query, where it is named. */
  queries(name: string, next: string): Replacement[] {
    const found = this.#tokens.filter(({ kind, text }) => kind === 'string' && text.slice(1, -1).endsWith(`/${name}.sql`));
    return found.map(({ end }) => ({ start: end - 1 - '.sql'.length - name.length, end: end - 1 - '.sql'.length, text: next }));
  }
}

/** Whether the code that a template fills in has the word. */
function isFilled(kind: Token['kind'], text: string, word: string): boolean {
  if (kind !== 'string' || !text.startsWith('`')) return false;
  // Up to its last bracket, since code may hold brackets of its own.
  const filled = text.split('${').slice(1).map((part) => part.slice(0, part.includes('{') ? part.lastIndexOf('}') : part.indexOf('}')));
  return filled.some((part) => new RegExp(`(?<![\\w$.])${word}(?![\\w$])`).test(part));
}
