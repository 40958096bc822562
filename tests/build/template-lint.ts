import Handlebars from 'handlebars';
import type { TemplateSource } from '../../src/build/templates.ts';
import { emitterNames } from '../../src/generate/emitter-names.ts';

/**
 * What may stand bare in a template: values that the schema or the view makes, and that can hold nothing but
 * `[a-z0-9_]` or a fixed word. Text that a person typed goes through an emitter. `*` stands for an item of a list.
 */
const bare = new Set(
  [
    ['extension', 'window.start', 'window.end', 'windowEnd', 'periods.first', 'periods.second', 'periods.next', 'input.*.clean', 'database.address', 'store.address', 'sources.*.storeKeys.*.key', 'sources.*.storeKeys.*.variable'],
    ['locale', 'version', 'today', 'period', 'keys.*', 'dimensions.*', 'transformersSorted.*'],
    ['notification.name', 'notification.block', 'notification.switchOn', 'deployment.entrypoint'],
    ['kpi.id', 'kpi.type', 'kpi.direction', 'grain.time', 'grain.truncate', 'grain.whole', 'grain.reset'],
    ['frame', 'grain.pandas.floor', 'grain.pandas.period', 'grain.pandas.step', 'grain.pandas.whole', 'grain.pandas.reset.floor', 'grain.pandas.reset.period'],
    ['text', 'moment', 'day', 'number', 'whole', 'makeSchema', 'schema', 'type'].map((key) => `types.${key}`),
    ['calculation', 'aggregation', 'loader', 'publish', 'flow', 'extractorsSorted.*', 'loadersSorted.*', 'publishersSorted.*'],
    [
      'functions.*.package',
      'functions.*.name',
      ...['extractors', 'transformers', 'loaders', 'publishers'].map((key) => `stages.${key}.*`),
    ],
    ['inputs.*', 'input.*', 'stage'].flatMap((of) => ['name', 'clean', 'role', 'input'].map((key) => `${of}.${key}`)),
    ['origins.*', 'destinations.*', 'edges.*.from', 'edges.*.to', 'waiting.*'].map((key) => `graph.${key}`),
    ['kinds.extractors.*', 'kinds.transformers.*', 'kinds.loaders.*', 'kinds.own.*.group', 'kinds.own.*.lines.*', 'kinds.writes.*'],
    ['stage.paginator', 'stage.secrets.*', 'stage.contract', 'stage.format', 'stage.module', 'runner.className', 'sourceUnion', 'database.address'],
    ['rows', 'extracts', 'transforms', 'loads'].flatMap((of) => ['name', 'kind', 'source', 'file', 'inputs.*'].map((key) => `graph.${of}.*.${key}`)),
    ['source', 'destination', 'sources.*'].flatMap((of) =>
      ['name', 'kind', 'key', 'variable', 'sample'].map((key) => `${of}.${key}`),
    ),
  ].flat(),
);
const blocks = new Set(['each', 'if', 'unless', 'with', 'is']);
const emitters = new Set<string>(emitterNames.filter((name) => !blocks.has(name)));

/** Where an emitter's output means what it says. Prose may show any of them in a fenced example. */
const homes: Readonly<Record<string, RegExp>> = {
  pyString: /\.py$/,
  pyDocstring: /\.py$/,
  pyComment: /\.(py|toml|ya?ml|sql)$|\.env/,
  pyImport: /\.py$/,
  pyImports: /\.py$/,
  tomlString: /\.toml$/,
  yamlScalar: /\.ya?ml$/,
  jsonString: /\.(json|ya?ml)$/,
  jsString: /\.(mjs|js|ts)$/,
  envValue: /\.env/,
  markdownText: /\.md$/,
};

/** Lists what a template does that the house does not allow, as `name:line: what`. */
export function lintTemplate(source: TemplateSource, known: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const visitor = new Lint(source.name, known, (node, what) =>
    faults.push(`${source.name}:${node.loc.start.line}: ${what}`),
  );
  visitor.accept(Handlebars.parse(source.text));
  return faults;
}

class Lint extends Handlebars.Visitor {
  readonly name: string;
  readonly known: ReadonlySet<string>;
  readonly report: (node: hbs.AST.Node, what: string) => void;
  /** What `this` stands for, outermost first, as paths from the root. */
  scopes: readonly string[] = [''];

  constructor(name: string, known: ReadonlySet<string>, report: Lint['report']) {
    super();
    this.name = name;
    this.known = known;
    this.report = report;
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    const path = node.path as hbs.AST.PathExpression;
    if (!node.escaped) this.report(node, 'a triple mustache: nothing is escaped anyway');
    if (node.params.length > 0) this.checkCall(node, path.original);
    else if (!this.mayStandBare(path)) this.report(node, `a bare mustache: {{${path.original}}} needs an emitter`);
    super.MustacheStatement(node);
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    const { original } = node.path as hbs.AST.PathExpression;
    if (!blocks.has(original)) this.report(node, `an unknown block: {{#${original}}}`);
    node.params.forEach((param) => this.accept(param));
    const outer = this.scopes;
    const subject = node.params[0];
    if (['each', 'with'].includes(original) && subject?.type === 'PathExpression') {
      this.scopes = [...outer, `${this.resolve(subject as hbs.AST.PathExpression)}${original === 'each' ? '.*' : ''}`];
    }
    if (node.program) this.accept(node.program);
    this.scopes = outer;
    if (node.inverse) this.accept(node.inverse);
  }

  override SubExpression(node: hbs.AST.SubExpression): void {
    this.checkCall(node, (node.path as hbs.AST.PathExpression).original);
    super.SubExpression(node);
  }

  override PartialStatement(node: hbs.AST.PartialStatement): void {
    if (node.name.type !== 'PathExpression') this.report(node, 'a partial whose name is not literal');
    else if (!this.known.has(`partials/${(node.name as hbs.AST.PathExpression).original}`))
      this.report(node, 'a partial that does not exist');
  }

  override Decorator(node: hbs.AST.Decorator): void {
    this.report(node, 'a decorator');
  }

  private checkCall(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression, helper: string): void {
    if (!emitters.has(helper)) this.report(node, `an unknown helper: ${helper}`);
    if (helper === 'tr') this.checkTranslation(node);
    const home = homes[helper];
    if (home && !home.test(this.name) && !/\.md$|^partials\//.test(this.name))
      this.report(node, `${helper} does not belong in this kind of file`);
  }

  private checkTranslation(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression): void {
    const texts = node.params.map((param) =>
      param.type === 'StringLiteral' ? (param as hbs.AST.StringLiteral).value : undefined,
    );
    if (texts.length !== 2 || texts.includes(undefined)) return this.report(node, 'tr takes two literal texts');
    if (texts.some((text) => /["\\\n]/.test(text ?? '')))
      this.report(node, 'tr: a text with a quote, a backslash or a line break');
  }

  private mayStandBare(path: hbs.AST.PathExpression): boolean {
    if (path.type !== 'PathExpression') return false;
    if (path.data && path.parts[0] !== 'root') return ['@index', '@first', '@last'].includes(path.original);
    const resolved = this.resolve(path);
    // A partial does not know its caller: there a name is looked for at the end of what may stand bare.
    if (this.name.startsWith('partials/') && [...bare].some((each) => each.endsWith(`.${resolved}`))) return true;
    return bare.has(resolved) || bare.has(resolved.replace(/^input\.[a-z]+/, 'input.*'));
  }

  private resolve(path: hbs.AST.PathExpression): string {
    const root = path.original.startsWith('@root.');
    const scope = root ? '' : (this.scopes.at(-1 - path.depth) ?? '');
    const parts = root ? path.parts.slice(1) : path.parts;
    return [scope, ...parts].filter((part) => part !== '').join('.');
  }
}
