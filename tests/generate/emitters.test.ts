import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { envValue, jsString, jsonString, markdownText, tomlString, tsString, yamlScalar } from '../../src/generate/emitters/data.ts';
import { pyComment, pyDocstring, pyImport, pyString } from '../../src/generate/emitters/python.ts';
import { identifier, kebab, number, pascal, upper } from '../../src/generate/emitters/words.ts';

const runs = process.env['KPI_FLOW_LONG'] ? 100_000 : 5000;
const nasty = [
  '', ' ', '"', "'", '"""', "'''", '\\', 'a\\', '\\"', '$&', '$$', '{{', '}}', '{{{{', '</script>', '<!--', '#', '# {', '- a', ': ',
  'no', 'yes', 'on', '012', '12:30', '1e3', '=', '<<', '~', 'null', '\n', '\r\n', '\t', '\0', '\u007f', '\u0085', '\u200b', '\u2028',
  '\u2029', '\u202e', '\ufeff', 'ñ', 'Ñandú', 'é', 'e\u0301', '🙂', '👩‍👩‍👧', '𝒳', '\ud7ff', '\ue000', '\uffff', 'f"{x}"', '%s', '\\N{DASH}', '\\u0041',
];
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed()),
  fc.array(fc.constantFrom(...nasty), { maxLength: 8 }).map((parts) => parts.join('')),
);
const samples = () => fc.sample(hostile, { numRuns: runs, seed: 20260101 });

/** Asks Python once for all: JSON in, JSON out, ASCII only, so that no console encoding takes part. */
function askPython(script: string, input: unknown): unknown {
  const prelude = 'import ast, json, sys, tomllib\ndata = json.loads(sys.stdin.read())\n';
  const result = spawnSync('python3', ['-I', '-c', prelude + script], { input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 1 << 28 });
  expect(result.stderr).toBe('');
  return JSON.parse(result.stdout) as unknown;
}

describe('whatever the text, its emitter gives it back', () => {
  test('pyString, read by Python', () => {
    const texts = samples();
    expect(askPython('print(json.dumps([ast.literal_eval(x) for x in data]))', texts.map(pyString))).toEqual(texts);
  });

  test('tomlString, read by Python’s tomllib', () => {
    const texts = samples();
    const documents = texts.map((text) => `x = ${tomlString(text)}\n`);
    expect(askPython('print(json.dumps([tomllib.loads(x)["x"] for x in data]))', documents)).toEqual(texts);
  });

  test('yamlScalar, read as YAML 1.2 and 1.1', () => {
    for (const text of samples()) {
      const document = `x: ${yamlScalar(text)}\n`;
      expect(parseYaml(document, { version: '1.2' })).toEqual({ x: text });
      expect(parseYaml(document, { version: '1.1' })).toEqual({ x: text });
    }
  });

  test('jsonString and jsString', () => {
    for (const text of samples()) {
      expect(JSON.parse(jsonString(text))).toBe(text);
      expect(new Function(`return ${jsString(text)}`)()).toBe(text);
      expect(jsString(text)).not.toContain('</');
    }
  });

  test('tsString', () => {
    for (const text of samples()) expect(new Function(`return ${tsString(text)}`)()).toBe(text);
  });

  test('pyDocstring keeps the words, and nothing of it leaves the literal', () => {
    const texts = samples();
    const modules = texts.map((text) => `def f():\n    """${pyDocstring(text)}"""\n`);
    const docs = askPython('print(json.dumps([(lambda m: [len(m.body), len(m.body[0].body), ast.get_docstring(m.body[0], clean=False)])(ast.parse(x)) for x in data]))', modules);
    expect(docs).toEqual(texts.map((text) => [1, 1, pyComment(text)]));
  });

  test('pyComment stays on its line', () => {
    const modules = samples().map((text) => `# ${pyComment(text)}\n`);
    expect(askPython('print(json.dumps([len(ast.parse(x).body) for x in data]))', modules)).toEqual(modules.map(() => 0));
  });

  test('envValue gives one line that nothing expands, or refuses', () => {
    for (const text of samples()) {
      if (/['\r\n]/.test(text)) expect(() => envValue(text)).toThrow('envValue');
      else expect(envValue(text)).toBe(`'${text}'`);
    }
  });

  test('markdownText leaves no markup that is not escaped', () => {
    for (const text of samples()) {
      const bare = markdownText(text).replace(/\\[\\`*_{}[\]<>|#~$&+=\-.)]/g, '').replace(/^\d+\\./, '');
      expect(bare).not.toMatch(/[`*_{}[\]<>|#~\n]/);
    }
  });
});

test.each([pyString, pyDocstring, pyComment, tomlString, yamlScalar, jsonString, jsString, tsString, envValue, markdownText])(
  '%o refuses half a surrogate pair and what is no text',
  (emit) => {
    expect(() => emit('\ud800')).toThrow(TypeError);
    expect(() => emit(undefined)).toThrow(TypeError);
    expect(() => emit(12)).toThrow(TypeError);
  },
);

test('numbers read the same in JSON, YAML, TOML and Python', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = number(value);
      const plain = Object.is(value, -0) ? 0 : value;
      expect(JSON.parse(text)).toBe(plain);
      expect(parseYaml(text, { version: '1.1' })).toBe(plain);
      expect(parseYaml(text)).toBe(plain);
    }),
    { numRuns: 2000 },
  );
  expect(number(1e21)).toBe('1.0e+21');
  expect(() => number(Number.NaN)).toThrow(TypeError);
});

test('words are checked where they are written', () => {
  expect([identifier('on_time'), kebab('on_time'), upper('on_time'), pascal('on_time_2')]).toEqual(['on_time', 'on-time', 'ON_TIME', 'OnTime2']);
  for (const bad of ['', 'On', '1a', 'a-b', 'a b', 'ñ', 'a\n', undefined]) expect(() => identifier(bad)).toThrow(TypeError);
});

test('a long import is printed in parentheses, as ruff would', () => {
  expect(pyImport('core.window', 'window')).toBe('from core.window import window');
  const long = 'a'.repeat(40);
  expect(pyImport(`core.transformers.${long}`, long)).toBe(`from core.transformers.${long} import (\n    ${long},\n)`);
});
