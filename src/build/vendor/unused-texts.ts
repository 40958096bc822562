import { parseSync } from 'rolldown/utils';

/** A piece of a text, by its characters. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const catalogues = new Set(['errorsEn', 'errorsEs']);

/** The lines of messages of errors that the rest of a bundle never names: reading config.yaml has a third of them. */
export function unusedTexts(code: string): Span[] {
  const { body } = parseSync('bundle.mjs', code).program;
  const objects = body.flatMap((node) => (node.type === 'VariableDeclaration' ? node.declarations : [])).flatMap(({ id, init }) =>
    id.type === 'Identifier' && catalogues.has(id.name) && init?.type === 'ObjectExpression' ? [init] : [],
  );
  if (objects.length === 0) return [];
  const used = new Set(cut(code, objects).match(/(?<=["'`])E_[A-Z_]+(?=["'`])/g));
  const unused = objects.flatMap(({ properties }) =>
    properties.filter((each) => each.type === 'Property' && each.key.type === 'Identifier' && !used.has(each.key.name)),
  );
  return unused.map(({ start, end }) => ({ start: lineStart(code, start), end: lineEnd(code, end) }));
}

function cut(code: string, spans: readonly Span[]): string {
  return spans.toReversed().reduce((text, { start, end }) => text.slice(0, start) + text.slice(end), code);
}

function lineStart(code: string, at: number): number {
  return code.lastIndexOf('\n', at) + 1;
}

function lineEnd(code: string, at: number): number {
  const end = code.indexOf('\n', at);
  return end < 0 ? code.length : end + 1;
}
