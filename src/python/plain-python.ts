import type { Node } from './parse-python.ts';
import { NotPlain, PlainNode } from './plain-node.ts';

export { NotPlain } from './plain-node.ts';

/**
 * Reads the plain form of Python that flows and pipelines have: imports, functions, calls, assignments, a line each or
 * broken inside brackets. It gives the tree that the grammar would give, in a fraction of the time that one takes to
 * start. Strings with escapes and all else that is rare are left to the grammar.
 * @throws NotPlain
 */
export function parsePlainPython(text: string): Node {
  return new Reader(text, tokensOf(text)).module();
}

type TokenKind = 'comment' | 'name' | 'word' | 'number' | 'string' | 'mark' | 'newline' | 'indent' | 'dedent' | 'end';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly row: number;
}

/** What has a meaning of its own, always or at the start of a line. */
const words = new Set(
  'False None True and as assert async await break case class continue def del elif else except exec finally for from global if import in is lambda match nonlocal not or pass print raise return try type while with yield'.split(' '),
);
const part = /[ ]+|\n|"""[^"\\]*"""|"(?!"")[^"\\\n]*"|(?:->|==|[()[\],:=.@*|+])|#[^\n]*|[A-Za-z_]\w*|(?:0|[1-9][0-9]*)(?![\w.])/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const indents = [0];
  let [row, depth, fresh] = [0, 0, true];
  for (let at = 0; at < text.length; ) {
    part.lastIndex = at;
    const [found] = part.exec(text) ?? stop();
    const [start, end] = [at, at + found.length];
    at = end;
    const add = (kind: TokenKind): void => void tokens.push({ kind, text: found, start, end, row });
    if (found === '\n') {
      if (depth > 0 && !mayBreak(text, end, tokens.at(-1)?.text ?? '')) stop();
      if (depth === 0 && !fresh) add('newline');
      row += 1;
      fresh = depth === 0;
      continue;
    }
    if (found[0] === ' ') {
      if (!fresh || text[end] === '\n') continue;
    }
    if (fresh) {
      const indent = found[0] === ' ' ? found.length : 0;
      for (; indent < (indents.at(-1) ?? 0); indents.pop()) add('dedent');
      if (indent > (indents.at(-1) ?? 0)) {
        indents.push(indent);
        add('indent');
      }
      if (indent !== indents.at(-1)) stop();
      fresh = false;
    }
    if (found[0] === ' ') continue;
    if (found[0] === '#') {
      // Only one that has its line to itself, outside brackets.
      if (depth > 0 || (tokens.length > 0 && !/^(?:newline|indent|dedent|comment)$/.test(tokens.at(-1)?.kind ?? ''))) stop();
      add('comment');
      fresh = true;
      continue;
    }
    if (found === '(' || found === '[') depth += 1;
    if (found === ')' || found === ']') depth -= 1;
    add(kindOf(found));
    row += found.startsWith('"') ? found.split('\n').length - 1 : 0;
  }
  if (depth !== 0 || !fresh) stop();
  const end = { text: '', start: text.length, end: text.length, row };
  return [...tokens, ...indents.slice(1).map((): Token => ({ ...end, kind: 'dedent' })), { ...end, kind: 'end' }];
}

/** Inside brackets a line ends where a formatter would end it, and the next one is indented. */
function mayBreak(text: string, end: number, last: string): boolean {
  const next = /^( *)(.?)/.exec(text.slice(end, end + 200));
  const closes = next?.[2] === ')' || next?.[2] === ']';
  return closes || (['(', '[', ','].includes(last) && next?.[1] !== '');
}

function kindOf(text: string): TokenKind {
  if (/^[A-Za-z_]/.test(text)) return words.has(text) ? 'word' : 'name';
  if (text.startsWith('"')) return 'string';
  return /^[0-9]/.test(text) ? 'number' : 'mark';
}

function stop(): never {
  throw new NotPlain();
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  module(): PlainNode {
    const children: PlainNode[] = [];
    while (this.#token.kind !== 'end') children.push(this.#statement());
    return this.#node('module', children[0]?.startIndex ?? stop(), this.#text.length, children);
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? stop();
  }

  #node(type: string, start: number, end: number, children: PlainNode[] = [], fields: Readonly<Record<string, PlainNode>> = {}): PlainNode {
    return new PlainNode(this.#text, type, [start, end], children, fields);
  }

  #next(): Token {
    const token = this.#token;
    this.#at += 1;
    return token;
  }

  #is(text: string): boolean {
    const { kind } = this.#token;
    return this.#token.text === text && (kind === 'mark' || kind === 'word');
  }

  #take(text: string): Token {
    return this.#is(text) ? this.#next() : stop();
  }

  #taken(text: string): boolean {
    return this.#is(text) && this.#next() !== undefined;
  }

  #expect(kind: TokenKind): Token {
    return this.#token.kind === kind ? this.#next() : stop();
  }

  /** The end of what was read last. */
  get #end(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  #statement(): PlainNode {
    if (this.#is('@')) return this.#decorated();
    if (this.#is('def')) return this.#function();
    if (this.#is('if')) return this.#if();
    const node = this.#is('from') ? this.#from() : this.#is('import') ? this.#import() : this.#is('return') ? this.#return() : this.#simple();
    this.#expect('newline');
    return node;
  }

  #simple(): PlainNode {
    const value = this.#expression();
    if (!this.#taken('=')) return this.#node('expression_statement', value.startIndex, value.endIndex, [value]);
    if (value.type !== 'identifier') stop();
    const right = this.#expression();
    const assignment = this.#node('assignment', value.startIndex, right.endIndex, [value, right], { left: value, right });
    return this.#node('expression_statement', value.startIndex, right.endIndex, [assignment]);
  }

  #return(): PlainNode {
    const { start } = this.#take('return');
    const value = this.#expression();
    return this.#node('return_statement', start, value.endIndex, [value]);
  }

  #from(): PlainNode {
    const { start } = this.#take('from');
    const module = this.#dotted();
    this.#take('import');
    const bracket = this.#taken('(');
    const names: PlainNode[] = [];
    do names.push(this.#imported(() => this.#identifierAs('dotted_name')));
    while (this.#taken(',') && !this.#is(')'));
    if (bracket) this.#take(')');
    return this.#node('import_from_statement', start, this.#end, [module, ...names], { module_name: module, ...(names[0] && { name: names[0] }) });
  }

  #import(): PlainNode {
    const { start } = this.#take('import');
    const name = this.#imported(() => this.#dotted());
    return this.#node('import_statement', start, this.#end, [name], { name });
  }

  #imported(read: () => PlainNode): PlainNode {
    const name = read();
    if (!this.#taken('as')) return name;
    const alias = this.#identifier();
    return this.#node('aliased_import', name.startIndex, alias.endIndex, [name, alias], { name, alias });
  }

  #dotted(): PlainNode {
    const names = [this.#identifier()];
    while (this.#taken('.')) names.push(this.#identifier());
    return this.#node('dotted_name', names[0]?.startIndex ?? 0, this.#end, names);
  }

  #identifierAs(type: string): PlainNode {
    const name = this.#identifier();
    return this.#node(type, name.startIndex, name.endIndex, [name]);
  }

  #identifier(): PlainNode {
    const { start, end } = this.#expect('name');
    return this.#node('identifier', start, end);
  }

  #decorated(): PlainNode {
    const { start } = this.#token;
    const decorators: PlainNode[] = [];
    while (this.#is('@')) {
      const at = this.#next();
      const value = this.#expression();
      this.#expect('newline');
      decorators.push(this.#node('decorator', at.start, value.endIndex, [value]));
    }
    const definition = this.#function();
    return this.#node('decorated_definition', start, definition.endIndex, [...decorators, definition], { definition });
  }

  #function(): PlainNode {
    const { start } = this.#take('def');
    const name = this.#identifier();
    const parameters = this.#parameters();
    const returns = this.#taken('->') ? this.#type() : undefined;
    const body = this.#block();
    const fields = { name, parameters, body, ...(returns && { return_type: returns }) };
    return this.#node('function_definition', start, body.endIndex, [name, parameters, ...(returns ? [returns] : []), body], fields);
  }

  #parameters(): PlainNode {
    const { start } = this.#take('(');
    const all: PlainNode[] = [];
    while (!this.#is(')')) {
      all.push(this.#parameter());
      if (!this.#taken(',')) break;
    }
    const { end } = this.#take(')');
    return this.#node('parameters', start, end, all);
  }

  #parameter(): PlainNode {
    if (this.#is('*')) {
      const { start, end } = this.#next();
      return this.#is(',') ? this.#node('keyword_separator', start, end) : stop();
    }
    const name = this.#identifier();
    const type = this.#taken(':') ? this.#type() : undefined;
    const value = this.#taken('=') ? this.#expression() : undefined;
    if (type === undefined) return value === undefined ? name : this.#node('default_parameter', name.startIndex, this.#end, [name, value], { name, value });
    if (value === undefined) return this.#node('typed_parameter', name.startIndex, this.#end, [name, type], { type });
    return this.#node('typed_default_parameter', name.startIndex, this.#end, [name, type, value], { name, type, value });
  }

  #type(): PlainNode {
    const value = this.#alternatives();
    return this.#node('type', value.startIndex, value.endIndex, [value]);
  }

  #block(): PlainNode {
    this.#take(':');
    this.#expect('newline');
    this.#expect('indent');
    const children = [this.#statement()];
    while (this.#token.kind !== 'dedent') children.push(this.#token.kind === 'comment' ? this.#comment() : this.#statement());
    // A comment at the end may belong to what follows, as far as the grammar knows.
    if (children.at(-1)?.type === 'comment') stop();
    this.#next();
    return this.#node('block', children[0]?.startIndex ?? 0, children.at(-1)?.endIndex ?? 0, children);
  }

  #comment(): PlainNode {
    const { start, end } = this.#next();
    return this.#node('comment', start, end);
  }

  #if(): PlainNode {
    const { start } = this.#take('if');
    const condition = this.#expression();
    const consequence = this.#block();
    if (this.#is('else') || this.#is('elif')) stop();
    return this.#node('if_statement', start, consequence.endIndex, [condition, consequence], { condition, consequence });
  }

  #expression(): PlainNode {
    const left = this.#alternatives();
    if (!this.#taken('==')) return left;
    const right = this.#alternatives();
    return this.#is('==') ? stop() : this.#node('comparison_operator', left.startIndex, right.endIndex, [left, right]);
  }

  #alternatives(): PlainNode {
    return this.#operations('|', () => this.#operations('+', () => this.#primary()));
  }

  #operations(operator: string, read: () => PlainNode): PlainNode {
    let left = read();
    while (this.#taken(operator)) {
      const right = read();
      left = this.#node('binary_operator', left.startIndex, right.endIndex, [left, right], { left, right });
    }
    return left;
  }

  #primary(): PlainNode {
    let node = this.#atom();
    for (;;) {
      if (this.#taken('.')) {
        const attribute = this.#identifier();
        node = this.#node('attribute', node.startIndex, attribute.endIndex, [node, attribute], { object: node, attribute });
      } else if (this.#is('(')) {
        const list = this.#arguments();
        node = this.#node('call', node.startIndex, list.endIndex, [node, list], { function: node, arguments: list });
      } else if (this.#taken('[')) {
        const subscript = this.#expression();
        const { end } = this.#take(']');
        node = this.#node('subscript', node.startIndex, end, [node, subscript], { value: node, subscript });
      } else return node;
    }
  }

  #arguments(): PlainNode {
    const { start } = this.#take('(');
    const all: PlainNode[] = [];
    while (!this.#is(')')) {
      all.push(this.#argument());
      if (!this.#taken(',')) break;
    }
    const { end } = this.#take(')');
    return this.#node('argument_list', start, end, all);
  }

  #argument(): PlainNode {
    if (this.#is('*')) {
      const { start } = this.#next();
      const value = this.#alternatives();
      return this.#node('list_splat', start, value.endIndex, [value]);
    }
    const value = this.#expression();
    if (!this.#taken('=')) return value;
    if (value.type !== 'identifier') stop();
    const given = this.#expression();
    return this.#node('keyword_argument', value.startIndex, given.endIndex, [value, given], { name: value, value: given });
  }

  #atom(): PlainNode {
    const { kind, text, start, end } = this.#token;
    if (kind === 'name') return this.#identifier();
    if (kind === 'string') return this.#string();
    const type = kind === 'number' ? 'integer' : kind === 'word' ? literals[text] : undefined;
    if (type === undefined) return stop();
    this.#next();
    return this.#node(type, start, end);
  }

  #string(): PlainNode {
    const { text, start, end } = this.#next();
    // Two strings side by side are one.
    if (this.#token.kind === 'string') stop();
    const mark = text.startsWith('"""') ? 3 : 1;
    const content = end - start > 2 * mark ? [this.#node('string_content', start + mark, end - mark)] : [];
    return this.#node('string', start, end, [this.#node('string_start', start, start + mark), ...content, this.#node('string_end', end - mark, end)]);
  }
}

const literals: Readonly<Record<string, string>> = { None: 'none', True: 'true', False: 'false' };
