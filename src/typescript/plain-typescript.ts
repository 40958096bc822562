import type { Node } from '../python/parse-python.ts';
import { NotPlain, PlainNode } from '../python/plain-node.ts';
import type { Token } from './tokens.ts';
import { stop, tokensOf } from './tokens.ts';

/** The stage that a name of the code means, such as `clean_orders` for `cleanOrders`; nothing when it means none. */
export type StageOf = (name: string) => string | undefined;

/**
 * Reads the form of TypeScript that flows and pipelines have, and gives the tree that the same module in Python would
 * have, so that one reading of flows serves both: `tasks.cleanOrders` is the member `clean_orders`, an object that a
 * pipeline is given is its keyword arguments, `await` belongs to what it waits for, types are left out.
 * @throws NotPlain for what would take a real parser
 */
export function parsePlainTypescript(text: string, stageOf: StageOf): Node {
  return new Reader(text, stageOf).module();
}

/** The same, where a text of another form is one error: then no place in it is certain. */
export function readPlainTypescript(text: string, stageOf: StageOf): Node {
  try {
    return parsePlainTypescript(text, stageOf);
  } catch (error) {
    if (error instanceof NotPlain) return new Unread(text, 'module', [0, text.length], [], {});
    throw error;
  }
}

class Unread extends PlainNode {
  override readonly hasError = true;
  override readonly isError = true;
}

const prefixes = new Set(['!', '-', '+', '~', '++', '--', 'typeof', 'void', 'delete', 'new']);
const operators = new Set(['&&', '||', '??', '+', '-', '*', '/', '%', '**', '<', '>', '<=', '>=', '==', '!=', '===', '!==', '&', '|', '^', 'in', 'instanceof']);
const assigning = new Set(['=', '+=', '-=', '*=', '/=', '%=', '**=', '&=', '|=', '^=', '&&=', '||=', '??=']);
const opaque = new Set(['interface', 'type', 'enum', 'declare', 'class', 'abstract', 'namespace']);
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

class Reader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #stageOf: StageOf;
  #at = 0;

  constructor(text: string, stageOf: StageOf) {
    this.#text = text;
    this.#tokens = tokensOf(text);
    this.#stageOf = stageOf;
  }

  module(): PlainNode {
    const children: PlainNode[] = [];
    while (this.#token.kind !== 'end') children.push(this.#top());
    return this.#node('module', 0, this.#text.length, children);
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? stop();
  }

  #next(): Token {
    const token = this.#token;
    this.#at += 1;
    return token;
  }

  /** A string is no mark, whatever stands in it. */
  #is(...texts: string[]): boolean {
    return this.#token.kind !== 'string' && texts.includes(this.#token.text);
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += 1;
    return true;
  }

  #need(text: string): Token {
    return this.#is(text) ? this.#next() : stop();
  }

  get #end(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  #node(type: string, start: number, end: number, children: PlainNode[] = [], fields: Readonly<Record<string, PlainNode>> = {}): PlainNode {
    return new PlainNode(this.#text, type, [start, end], children, fields);
  }

  /** A statement ends with a semicolon, or where its line does. */
  #semicolon(): void {
    if (this.#take(';') || this.#is('}') || this.#token.kind === 'end') return;
    if (this.#token.row === this.#tokens[this.#at - 1]?.row) stop();
  }

  #top(): PlainNode {
    const { start } = this.#token;
    if (this.#take('import')) return this.#import(start);
    if (this.#take('export')) this.#take('default');
    if (this.#token.kind === 'name' && opaque.has(this.#token.text)) return this.#opaque(start);
    if (this.#is('{', '*')) return this.#opaque(start);
    const statement = this.#statement();
    return this.#asFlow(statement) ?? statement;
  }

  #import(start: number): PlainNode {
    const names: PlainNode[] = [];
    let all: Token | undefined;
    const clause = this.#at;
    while (this.#token.kind !== 'string') {
      if (this.#token.kind === 'end') stop();
      if (this.#take('*')) {
        this.#need('as');
        all = this.#next();
      } else this.#at += 1;
    }
    const from = this.#next();
    const path = from.text.slice(1, -1);
    const module = path.replace(/^(?:\.{1,2}\/)+/, '').replace(/^src\//, '').replace(/\.[cm]?[jt]s$/, '').replaceAll('/', '.');
    if (all !== undefined) {
      const name = this.#node('dotted_name', all.start, all.end).saying(module);
      names.push(this.#node('aliased_import', all.start, all.end, [name, this.#identifier(all)]));
    } else names.push(...this.#importedNames(clause));
    this.#semicolon();
    // The modules beside a flow are one package.
    const inPackage = path.startsWith('./') && all !== undefined;
    return this.#node('import_from_statement', start, this.#end, [this.#node('dotted_name', from.start, from.end).saying(inPackage ? 'prefect_flows' : module), ...names]);
  }

  #importedNames(clause: number): PlainNode[] {
    const words = this.#tokens.slice(clause, this.#at).filter(({ kind, text }) => kind === 'name' && text !== 'type' && text !== 'from');
    const names: PlainNode[] = [];
    for (let at = 0; at < words.length; at += 1) {
      const [word, as, local] = words.slice(at, at + 3);
      if (word === undefined) stop();
      const name = this.#node('dotted_name', word.start, word.end);
      if (as?.text !== 'as' || local === undefined) names.push(name);
      else {
        names.push(this.#node('aliased_import', word.start, local.end, [name, this.#identifier(local)]));
        at += 2;
      }
    }
    return names;
  }

  /** Something that says nothing of a flow; its words are taken names all the same. */
  #opaque(start: number): PlainNode {
    const words: PlainNode[] = [];
    const isBlock = !this.#is('type', '{', '*');
    for (;;) {
      if (this.#token.kind === 'end') break;
      if (isBlock && this.#is('{')) {
        this.#skipBrackets(words);
        break;
      }
      if (!isBlock && this.#is(';')) break;
      if (this.#is('(', '[', '{')) this.#skipBrackets(words);
      else this.#word(words);
      if (!isBlock && this.#token.row !== this.#tokens[this.#at - 1]?.row && /^(?:import|export|const|let|type|interface|async|function|if)$/.test(this.#token.text)) break;
    }
    this.#take(';');
    return this.#node('opaque', start, this.#end, words);
  }

  #word(words: PlainNode[]): void {
    const token = this.#next();
    if (token.kind === 'name') words.push(this.#identifier(token));
  }

  #skipBrackets(words: PlainNode[] = []): void {
    const close = closing[this.#next().text] ?? stop();
    while (!this.#is(close)) {
      if (this.#token.kind === 'end' || this.#is(')', ']', '}')) stop();
      if (this.#is('(', '[', '{')) this.#skipBrackets(words);
      else this.#word(words);
    }
    this.#at += 1;
  }

  #statement(): PlainNode {
    const { start, text } = this.#token;
    if (this.#token.kind === 'string') return this.#expressionStatement();
    if (this.#is('{')) return this.#block();
    if (this.#is('const', 'let', 'var')) return this.#variables();
    if (this.#is('function') || (this.#is('async') && this.#tokens[this.#at + 1]?.text === 'function')) return this.#function();
    if (this.#is('return', 'throw')) return this.#leaving();
    if (this.#is('break', 'continue')) {
      this.#at += 1;
      this.#semicolon();
      return this.#node(`${text}_statement`, start, this.#end);
    }
    if (this.#is('if', 'while')) return this.#conditional();
    if (this.#is('for')) return this.#for();
    if (this.#is('try')) return this.#try();
    if (this.#is('switch', 'do', 'with', '@') || opaque.has(text)) return stop();
    return this.#expressionStatement();
  }

  #leaving(): PlainNode {
    const { start, text, row } = this.#next();
    const ends = this.#is(';', '}') || this.#token.row !== row;
    const value = ends ? [] : [this.#expression()];
    this.#semicolon();
    return this.#node(text === 'return' ? 'return_statement' : 'raise_statement', start, this.#end, value);
  }

  #conditional(): PlainNode {
    const { start } = this.#next();
    this.#need('(');
    const parts = [this.#expression()];
    this.#need(')');
    parts.push(this.#statement());
    if (this.#take('else')) parts.push(this.#statement());
    return this.#node('if_statement', start, this.#end, parts);
  }

  #for(): PlainNode {
    const { start } = this.#next();
    this.#take('await');
    this.#need('(');
    if (!this.#take('const') && !this.#take('let')) stop();
    const left = this.#pattern();
    if (!this.#take('of') && !this.#take('in')) stop();
    const right = this.#expression();
    this.#need(')');
    const body = this.#statement();
    return this.#node('for_statement', start, this.#end, [left, right, body], { left, right, body });
  }

  #try(): PlainNode {
    const { start } = this.#next();
    const parts = [this.#block()];
    if (this.#take('catch')) {
      if (this.#is('(')) this.#skipBrackets();
      parts.push(this.#block());
    }
    if (this.#take('finally')) parts.push(this.#block());
    return this.#node('try_statement', start, this.#end, parts);
  }

  #block(): PlainNode {
    const { start } = this.#need('{');
    const statements: PlainNode[] = [];
    while (!this.#is('}')) statements.push(this.#statement());
    this.#at += 1;
    return this.#node('block', start, this.#end, statements);
  }

  /** `const a = …`: one statement, of one name or of a pattern. */
  #variables(): PlainNode {
    const { start } = this.#next();
    const left = this.#pattern();
    this.#skipType();
    if (!this.#take('=')) stop();
    const right = this.#expression();
    if (this.#is(',')) stop();
    this.#semicolon();
    const assignment = this.#node('assignment', start, this.#end, [left, right], { left, right });
    return this.#node('expression_statement', start, this.#end, [assignment]);
  }

  /** A name, or the names of a pattern. */
  #pattern(): PlainNode {
    if (this.#token.kind === 'name') return this.#identifier(this.#next());
    const { start } = this.#token;
    if (!this.#is('{', '[')) stop();
    const words: PlainNode[] = [];
    this.#skipBrackets(words);
    return this.#node('pattern', start, this.#end, words);
  }

  #expressionStatement(): PlainNode {
    const { start } = this.#token;
    const left = this.#expression();
    if (this.#token.kind === 'mark' && assigning.has(this.#token.text)) {
      const isPlain = this.#next().text === '=';
      const right = this.#expression();
      this.#semicolon();
      const assignment = this.#node(isPlain ? 'assignment' : 'augmented_assignment', start, this.#end, [left, right], { left, right });
      return this.#node('expression_statement', start, this.#end, [assignment]);
    }
    this.#semicolon();
    return this.#node('expression_statement', start, this.#end, [left]);
  }

  #function(): PlainNode {
    const { start } = this.#token;
    this.#take('async');
    this.#need('function');
    this.#take('*');
    const name = this.#token.kind === 'name' ? this.#identifier(this.#next()) : this.#node('identifier', start, start);
    if (this.#is('<')) this.#skipGenerics();
    const parameters = this.#parameters();
    this.#skipType();
    const body = this.#block();
    return this.#node('function_definition', start, this.#end, [name, parameters, body], { name, parameters, body });
  }

  #parameters(): PlainNode {
    const { start } = this.#need('(');
    const all: PlainNode[] = [];
    while (!this.#is(')')) {
      this.#take('...');
      const pattern = this.#pattern();
      all.push(...(pattern.type === 'pattern' ? pattern.namedChildren : [pattern]));
      this.#take('?');
      this.#skipType();
      if (this.#take('=')) this.#expression();
      if (!this.#take(',') && !this.#is(')')) stop();
    }
    this.#at += 1;
    return this.#node('parameters', start, this.#end, all);
  }

  /** `: Type`, up to what cannot belong to one. */
  #skipType(): void {
    if (this.#take(':')) this.#skipTypeExpression(true);
  }

  /** @param arrows whether an arrow belongs to the type; behind the parameters of an arrow function it does not */
  #skipTypeExpression(arrows: boolean): void {
    for (let isOpen = true; ; ) {
      if (this.#is('(', '[') || (this.#is('{') && isOpen)) {
        this.#skipBrackets();
        isOpen = false;
      } else if (this.#is('<')) this.#skipGenerics();
      else if (this.#is('|', '&', '.') || (arrows && this.#is('=>')) || this.#is('readonly', 'keyof', 'typeof', 'infer', 'is', 'extends')) {
        this.#at += 1;
        isOpen = true;
      } else if (isOpen && this.#token.kind !== 'mark') {
        this.#at += 1;
        isOpen = false;
      } else return;
    }
  }

  #skipReturned(): void {
    if (this.#take(':')) this.#skipTypeExpression(false);
  }

  #skipGenerics(): void {
    this.#need('<');
    for (let depth = 1; depth > 0; ) {
      if (this.#is('(', '[', '{')) this.#skipBrackets();
      else {
        if (this.#token.kind === 'end' || this.#is(';', ')', '}', ']')) stop();
        depth += this.#is('<') ? 1 : this.#is('>') ? -1 : 0;
        this.#at += 1;
      }
    }
  }

  #expression(): PlainNode {
    const { start } = this.#token;
    const operands = [this.#operand()];
    for (;;) {
      if (this.#is('as', 'satisfies') && this.#token.kind === 'name') {
        this.#at += 1;
        if (!this.#take('const')) this.#skipTypeExpression(true);
      } else if (this.#take('?')) {
        operands.push(this.#expression());
        this.#need(':');
        operands.push(this.#expression());
      } else if (this.#token.kind !== 'string' && operators.has(this.#token.text)) {
        this.#at += 1;
        operands.push(this.#operand());
      } else break;
    }
    const [only] = operands;
    return operands.length === 1 && only !== undefined ? only : this.#node('operation', start, this.#end, operands);
  }

  #operand(): PlainNode {
    const { start, text } = this.#token;
    if (this.#token.kind !== 'string' && prefixes.has(text)) {
      this.#at += 1;
      const operand = this.#operand();
      return this.#node('operation', start, this.#end, [operand]);
    }
    if (this.#take('...')) {
      const operand = this.#operand();
      return this.#node('list_splat', start, this.#end, [operand]);
    }
    if (this.#take('await')) return this.#operand().from(start);
    return this.#chain(this.#primary());
  }

  /** Members, calls and elements of something. */
  #chain(first: PlainNode): PlainNode {
    let node = first;
    for (;;) {
      const { startIndex } = node;
      if (this.#take('.') || this.#take('?.')) {
        const attribute = this.#member(this.#next());
        node = this.#node('attribute', startIndex, this.#end, [node, attribute], { object: node, attribute });
      } else if (this.#is('(')) {
        const given = this.#arguments(node.type === 'identifier');
        node = this.#node('call', startIndex, this.#end, [node, given], { function: node, arguments: given });
      } else if (this.#is('[')) {
        this.#at += 1;
        const index = this.#expression();
        this.#need(']');
        node = this.#node('subscript', startIndex, this.#end, [node, index]);
      } else if (this.#is('<') && this.#isGeneric()) this.#skipGenerics();
      else if (this.#is('!') && this.#token.row === this.#tokens[this.#at - 1]?.row) this.#at += 1;
      else if (this.#is('++', '--')) this.#at += 1;
      else return node;
    }
  }

  /** `name<Type>(…)`: the angle brackets close before a call, and hold no more than types. */
  #isGeneric(): boolean {
    const rest = this.#tokens.slice(this.#at, this.#at + 40).map(({ text }) => text).join(' ');
    return /^<(?: [\w$.,|[\]{}:"'?]+| <| >)* > \(/.test(rest) && !rest.slice(0, rest.indexOf('> (')).includes('( ');
  }

  #member(token: Token): PlainNode {
    if (token.kind !== 'name') stop();
    return this.#node('identifier', token.start, token.end).saying(this.#stageOf(token.text));
  }

  #arguments(named: boolean): PlainNode {
    const { start } = this.#need('(');
    const all: PlainNode[] = [];
    while (!this.#is(')')) {
      all.push(this.#expression());
      if (!this.#take(',') && !this.#is(')')) stop();
    }
    this.#at += 1;
    return this.#node('argument_list', start, this.#end, named ? this.#keywords(all) : all);
  }

  /** `pipeline({ orders, sessions: b }, tasks)` says what `pipeline(orders=orders, sessions=b, steps=tasks)` does. */
  #keywords(all: PlainNode[]): PlainNode[] {
    const [given, steps, ...more] = all;
    const pairs = given?.type === 'dictionary' ? given.namedChildren : [];
    if (pairs.length === 0 || more.length > 0 || !pairs.every(({ type }) => type === 'keyword_argument')) return all;
    if (steps === undefined) return pairs;
    const name = this.#node('identifier', steps.startIndex, steps.startIndex).saying('steps');
    return [...pairs, this.#node('keyword_argument', steps.startIndex, steps.endIndex, [name, steps], { name, value: steps })];
  }

  #primary(): PlainNode {
    const { start, kind, text } = this.#token;
    if (kind === 'number') return this.#leaf('integer');
    if (kind === 'string') return this.#string();
    if (kind === 'pattern') return this.#leaf('pattern_literal');
    if (this.#is('(')) return this.#isArrow() ? this.#arrow() : this.#parenthesized();
    if (this.#is('[')) return this.#list();
    if (this.#is('{')) return this.#object();
    if (this.#is('async') && this.#tokens[this.#at + 1]?.text === '(') return this.#arrow();
    if (this.#is('function', 'async')) return this.#function();
    if (kind !== 'name' || opaque.has(text) || this.#is('yield')) return stop();
    if (this.#tokens[this.#at + 1]?.text === '=>') return this.#arrow();
    return this.#node('identifier', start, this.#next().end);
  }

  #leaf(type: string): PlainNode {
    const { start, end } = this.#next();
    return this.#node(type, start, end);
  }

  /** What a template fills in uses names too. */
  #string(): PlainNode {
    const { start, end, text } = this.#next();
    const filled = text.startsWith('`') ? [...text.matchAll(/(?<![\w$.])[A-Za-z_$][\w$]*/g)] : [];
    return this.#node('string', start, end, filled.map(({ index, 0: word }) => this.#node('identifier', start + index, start + index + word.length)));
  }

  #parenthesized(): PlainNode {
    const { start } = this.#next();
    const inner = this.#expression();
    this.#need(')');
    return this.#node('parenthesized_expression', start, this.#end, [inner]);
  }

  #isArrow(): boolean {
    const from = this.#at;
    this.#skipBrackets();
    this.#skipReturned();
    const found = this.#is('=>');
    this.#at = from;
    return found;
  }

  #arrow(): PlainNode {
    const { start } = this.#token;
    this.#take('async');
    const parameters = this.#token.kind === 'name' ? this.#single() : this.#parameters();
    this.#skipReturned();
    this.#need('=>');
    const body = this.#is('{') ? this.#block() : this.#returned();
    const name = this.#node('identifier', start, start).saying('');
    return this.#node('function_definition', start, this.#end, [name, parameters, body], { name, parameters, body });
  }

  #single(): PlainNode {
    const { start, end } = this.#token;
    return this.#node('parameters', start, end, [this.#identifier(this.#next())]);
  }

  #returned(): PlainNode {
    const { start } = this.#token;
    const value = this.#expression();
    const statement = this.#node('expression_statement', start, this.#end, [value]);
    return this.#node('block', start, this.#end, [statement]);
  }

  #list(): PlainNode {
    const { start } = this.#next();
    const all: PlainNode[] = [];
    while (!this.#is(']')) {
      if (!this.#is(',')) all.push(this.#expression());
      if (!this.#take(',') && !this.#is(']')) stop();
    }
    this.#at += 1;
    return this.#node('list', start, this.#end, all);
  }

  #object(): PlainNode {
    const { start } = this.#next();
    const all: PlainNode[] = [];
    while (!this.#is('}')) {
      all.push(this.#property());
      if (!this.#take(',') && !this.#is('}')) stop();
    }
    this.#at += 1;
    return this.#node('dictionary', start, this.#end, all);
  }

  #property(): PlainNode {
    const { start } = this.#token;
    if (this.#is('...')) return this.#expression();
    if (this.#token.kind === 'mark') stop();
    const key = this.#next();
    const name = this.#node('property', key.start, key.end);
    if (this.#take(':')) {
      const value = this.#expression();
      return this.#node('keyword_argument', start, this.#end, [name, value], { name, value });
    }
    if (key.kind !== 'name' || !this.#is(',', '}')) stop();
    const value = this.#identifier(key);
    return this.#node('keyword_argument', start, this.#end, [name, value], { name, value });
  }

  #identifier({ start, end }: Token): PlainNode {
    return this.#node('identifier', start, end);
  }

  /** `const dailyFlow = flow(async (…) => {…})` is a function of that name, decorated with `flow`. */
  #asFlow(statement: PlainNode): PlainNode | undefined {
    const [assignment] = statement.type === 'expression_statement' ? statement.namedChildren : [];
    const call = assignment?.type === 'assignment' ? assignment.childForFieldName('right') : null;
    const name = assignment?.childForFieldName('left');
    const callee = call?.type === 'call' ? call.childForFieldName('function') : null;
    const [work, ...rest] = call?.childForFieldName('arguments')?.namedChildren ?? [];
    const [parameters, body] = [work?.childForFieldName('parameters'), work?.childForFieldName('body')];
    if (callee?.text !== 'flow' || !name || !work || !parameters || !body) return undefined;
    const { startIndex, endIndex } = statement;
    const decorator = this.#node('decorator', startIndex, startIndex, [callee]).saying('@flow');
    const definition = this.#node('function_definition', startIndex, endIndex, [name, parameters, body, ...rest], { name, parameters, body });
    return this.#node('decorated_definition', startIndex, endIndex, [decorator, definition], { definition });
  }
}
