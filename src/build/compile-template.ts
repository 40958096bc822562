import Handlebars from 'handlebars';
import { emitterNames } from '../generate/emitter-names.ts';
import type { Expression, Piece, Program } from '../generate/run-template.ts';

const emitters = new Set<string>(emitterNames);

type Call = hbs.AST.MustacheStatement | hbs.AST.SubExpression;

/**
 * Compiles a template of Handlebars' language to plain data that src/generate/run-template.ts runs. Data is read
 * four times as fast as code, and reading is half of what a short run costs; Handlebars' own compiler writes code,
 * and four times as much. Only what our templates use is there: the blocks `if`, `unless`, `is`, `each` and `with`,
 * emitters, `tr`, literal partials.
 */
export function compileTemplate(source: string): Program {
  return programOf(Handlebars.parse(source), 0);
}

function programOf(node: hbs.AST.Program | undefined, depth: number): Program {
  return node?.body.flatMap((each) => pieceOf(each, depth)) ?? [];
}

function pieceOf(node: hbs.AST.Statement, depth: number): Piece[] {
  switch (node.type) {
    case 'ContentStatement': {
      const { value } = node as hbs.AST.ContentStatement;
      return value === '' ? [] : [value];
    }
    case 'CommentStatement':
      return [];
    case 'MustacheStatement':
      return [mustache(node as hbs.AST.MustacheStatement, depth)];
    case 'BlockStatement':
      return [block(node as hbs.AST.BlockStatement, depth)];
    case 'PartialStatement':
      return [partial(node as hbs.AST.PartialStatement)];
    default:
      return refuse(node, `${node.type} is not supported`);
  }
}

function mustache(node: hbs.AST.MustacheStatement, depth: number): Piece {
  const path = node.path as hbs.AST.PathExpression;
  if (path.original === 'tr') return translation(node);
  if (node.params.length > 0) return call(node, depth);
  if (path.type !== 'PathExpression' || emitters.has(path.original))
    return refuse(node, `{{${path.original}}} is no value`);
  return pathOf(path, depth);
}

function translation(node: hbs.AST.MustacheStatement): Piece {
  const [en, es, ...more] = node.params.map((param) =>
    param.type === 'StringLiteral' ? (param as hbs.AST.StringLiteral).value : undefined,
  );
  return en === undefined || es === undefined || more.length > 0
    ? refuse(node, 'tr takes two literal texts')
    : ['tr', en, es];
}

function call(node: Call, depth: number): Expression {
  const { original } = node.path as hbs.AST.PathExpression;
  if (node.hash !== undefined) return refuse(node, `${original} takes no named arguments`);
  if (!emitters.has(original) || original === 'is' || original === 'tr')
    return refuse(node, `unknown helper ${original}`);
  return ['call', original, ...node.params.map((param) => expressionOf(param, depth))];
}

function block(node: hbs.AST.BlockStatement, depth: number): Piece {
  const { original } = node.path as hbs.AST.PathExpression;
  const [first, second] = node.params.map((param) => expressionOf(param, depth));
  if (node.hash !== undefined || node.program?.blockParams !== undefined)
    return refuse(node, `#${original} is too much`);
  if (first === undefined) return refuse(node, `#${original} of what?`);
  const deeper = original === 'each' || original === 'with' ? depth + 1 : depth;
  const body = programOf(node.program, deeper);
  const otherwise = programOf(node.inverse, depth);
  if (original === 'is' && second !== undefined) return ['is', first, second, body, otherwise];
  if (original === 'if' || original === 'each' || original === 'with') return [original, first, body, otherwise];
  return original === 'unless' ? ['if', first, otherwise, body] : refuse(node, `unknown block #${original}`);
}

function partial(node: hbs.AST.PartialStatement): Piece {
  if (node.name.type !== 'PathExpression' || node.params.length > 0 || node.hash !== undefined) {
    return refuse(node, 'a partial takes a literal name and nothing else');
  }
  return ['partial', `partials/${(node.name as hbs.AST.PathExpression).original}`, node.indent];
}

function expressionOf(node: hbs.AST.Expression, depth: number): Expression {
  switch (node.type) {
    case 'StringLiteral':
    case 'NumberLiteral':
    case 'BooleanLiteral':
      return ['literal', (node as hbs.AST.StringLiteral | hbs.AST.NumberLiteral | hbs.AST.BooleanLiteral).value];
    case 'SubExpression':
      return call(node as hbs.AST.SubExpression, depth);
    case 'PathExpression':
      return pathOf(node as hbs.AST.PathExpression, depth);
    default:
      return refuse(node, `${node.type} is not supported`);
  }
}

/** `../` leaves a list or a `with`; other blocks keep what `this` is. */
function pathOf(path: hbs.AST.PathExpression, depth: number): Expression {
  if (path.depth > depth) return refuse(path, `${path.original} goes above the top`);
  return path.data
    ? ['frame', path.depth, ...(path.parts as [string, ...string[]])]
    : ['path', path.depth, ...path.parts];
}

function refuse(node: hbs.AST.Node, what: string): never {
  throw new Error(`${what} - ${node.loc.start.line}:${node.loc.start.column}`);
}
