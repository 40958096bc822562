import Handlebars from 'handlebars';
import { emitterNames } from '../generate/emitter-names.ts';

/** The names of src/generate/template-parts.ts that compiled templates call, each by one letter. */
export const parts = {
  lookUp: 'L',
  print: 'P',
  text: 'T',
  isTrue: 'I',
  isSame: 'E',
  forEach: 'F',
  withValue: 'W',
  partial: 'R',
  translate: 'X',
} as const;

const emitters = new Set<string>(emitterNames);

/**
 * Compiles a template of Handlebars' language to the source of one function. Handlebars' own compiler writes four
 * times as much and wants its runtime beside it, and reading code is half of what a short run costs. Only what our
 * templates use is there: the blocks `if`, `unless`, `is`, `each` and `with`, emitters, `tr`, literal partials. The
 * variables of a function are the context `c` and the frame `f`, each with how deep the context is; `h` are the
 * emitters.
 */
export function compileTemplate(source: string): string {
  return `(c0, h, f0) => ${program(Handlebars.parse(source), 0)}`;
}

function program({ body }: hbs.AST.Program, depth: number): string {
  const pieces = body.map((each) => statement(each, depth)).filter((piece) => piece !== '""');
  // A sum that begins with a text stays a text whatever follows.
  return pieces.length === 0 ? '""' : pieces.length === 1 ? (pieces[0] as string) : pieces.join(' + ');
}

function statement(node: hbs.AST.Statement, depth: number): string {
  switch (node.type) {
    case 'ContentStatement':
      return JSON.stringify((node as hbs.AST.ContentStatement).value);
    case 'CommentStatement':
      return '""';
    case 'MustacheStatement':
      return mustache(node as hbs.AST.MustacheStatement, depth);
    case 'BlockStatement':
      return `(${block(node as hbs.AST.BlockStatement, depth)})`;
    case 'PartialStatement':
      return partialCall(node as hbs.AST.PartialStatement, depth);
    default:
      return refuse(node, `${node.type} is not supported`);
  }
}

function mustache(node: hbs.AST.MustacheStatement, depth: number): string {
  const path = node.path as hbs.AST.PathExpression;
  if (node.params.length > 0) return `${parts.text}(${call(node, depth)})`;
  if (path.type !== 'PathExpression' || emitters.has(path.original))
    return refuse(node, `{{${path.original}}} is no value`);
  return `${parts.print}(${walk(path, depth).join(', ')})`;
}

/** A call of an emitter; `tr` chooses between two texts that stand in the template. */
function call(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression, depth: number): string {
  const { original } = node.path as hbs.AST.PathExpression;
  if (node.hash !== undefined) return refuse(node, `${original} takes no named arguments`);
  const given = node.params.map((param) => expression(param, depth)).join(', ');
  if (original === 'tr') return `${parts.translate}(f${depth}, ${given})`;
  if (!emitters.has(original) || original === 'is') return refuse(node, `unknown helper ${original}`);
  return `h.${original}(${given})`;
}

function block(node: hbs.AST.BlockStatement, depth: number): string {
  const { original } = node.path as hbs.AST.PathExpression;
  if (node.hash !== undefined || node.program.blockParams !== undefined)
    return refuse(node, `#${original} is too much`);
  const [first = '""', second = 'undefined'] = node.params.map((param) => expression(param, depth));
  const inside = (deeper: number): string => (node.program ? program(node.program, deeper) : '""');
  const otherwise = node.inverse ? program(node.inverse, depth) : '""';
  if (original === 'if') return `${parts.isTrue}(${first}) ? ${inside(depth)} : ${otherwise}`;
  if (original === 'unless') return `${parts.isTrue}(${first}) ? ${otherwise} : ${inside(depth)}`;
  if (original === 'is') return `${parts.isSame}(${first}, ${second}) ? ${inside(depth)} : ${otherwise}`;
  if (original !== 'each' && original !== 'with') return refuse(node, `unknown block #${original}`);
  const deep = depth + 1;
  const body = `(c${deep}, f${deep}) => ${inside(deep)}`;
  return `${original === 'each' ? parts.forEach : parts.withValue}(${first}, f${depth}, ${body}, () => ${otherwise})`;
}

function partialCall(node: hbs.AST.PartialStatement, depth: number): string {
  if (node.name.type !== 'PathExpression' || node.params.length > 0 || node.hash !== undefined) {
    return refuse(node, 'a partial takes a literal name and nothing else');
  }
  const name = JSON.stringify(`partials/${(node.name as hbs.AST.PathExpression).original}`);
  const indent = node.indent === '' ? '' : `, ${JSON.stringify(node.indent)}`;
  return `${parts.partial}(templates[${name}], c${depth}, h, f${depth}${indent})`;
}

function expression(node: hbs.AST.Expression, depth: number): string {
  switch (node.type) {
    case 'StringLiteral':
    case 'NumberLiteral':
    case 'BooleanLiteral':
      return JSON.stringify((node as hbs.AST.StringLiteral).value);
    case 'SubExpression':
      return call(node as hbs.AST.SubExpression, depth);
    case 'PathExpression': {
      const [from, ...keys] = walk(node as hbs.AST.PathExpression, depth) as [string, ...string[]];
      return keys.length === 0 ? from : `${parts.lookUp}(${[from, ...keys].join(', ')})`;
    }
    default:
      return refuse(node, `${node.type} is not supported`);
  }
}

/** Where a path starts, and its keys. `../` leaves a list or a `with`; other blocks keep the context. */
function walk(path: hbs.AST.PathExpression, depth: number): string[] {
  const level = depth - path.depth;
  if (level < 0) refuse(path, `${path.original} goes above the top`);
  const [first, ...rest] = path.parts;
  if (!path.data) return [`c${level}`, ...path.parts.map((part) => JSON.stringify(part))];
  return [first === 'root' ? 'f0.root' : `f${level}.${first}`, ...rest.map((part) => JSON.stringify(part))];
}

function refuse(node: hbs.AST.Node, what: string): never {
  throw new Error(`${what} - ${node.loc.start.line}:${node.loc.start.column}`);
}
