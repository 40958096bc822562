import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Interface } from 'node:readline';
import { createInterface } from 'node:readline';
import type { Files } from './grown.ts';

/** Runs the tests of repositories, one after another, in forks of one process of Python (run_tests.py). */
export class OwnTests {
  readonly #home: string;
  readonly #server: ChildProcess;
  readonly #answers: AsyncIterableIterator<string>;
  readonly #lines: Interface;
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;
  #isOver = false;

  static async start(python: string): Promise<OwnTests> {
    return new OwnTests(python, await mkdtemp(join(tmpdir(), 'kpi-own-tests-')));
  }

  private constructor(python: string, home: string) {
    this.#home = home;
    const env = { ...process.env, PREFECT_HOME: join(home, '.prefect'), PREFECT_SERVER_ANALYTICS_ENABLED: 'false', PYTHONDONTWRITEBYTECODE: '1' };
    this.#server = spawn(python, [resolve('tests/generate/run_tests.py')], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.#server.stdout === null) throw new TypeError('the process has no output');
    this.#lines = createInterface({ input: this.#server.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** What the tests of a repository said when it does not pass; nothing when it does. */
  run(files: Files, tests: readonly string[]): Promise<string> {
    const answer = this.#last.then(() => this.#runNow(files, tests));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #runNow(files: Files, tests: readonly string[]): Promise<string> {
    if (this.#isOver) throw new Error('the tests are over');
    this.#count += 1;
    const root = join(this.#home, String(this.#count));
    for (const folder of new Set([...files.keys()].map((path) => dirname(join(root, path))))) await mkdir(folder, { recursive: true });
    await Promise.all([...files].map(([path, text]) => writeFile(join(root, path), text)));
    this.#server.stdin?.write(`${JSON.stringify({ root, tests })}\n`);
    const { value } = await this.#answers.next();
    if (value === undefined) throw new Error('the process of Python ended');
    await rm(root, { recursive: true, force: true });
    const { code, said } = JSON.parse(value) as { readonly code: number; readonly said: string };
    return code === 0 ? '' : `exit ${code}\n${said}`;
  }

  /** Ends, also while repositories wait for their turn. */
  async stop(): Promise<void> {
    this.#isOver = true;
    const ended = new Promise((done) => this.#server.once('exit', done));
    const isRunning = this.#server.exitCode === null && this.#server.signalCode === null;
    this.#server.stdin?.end();
    if (isRunning) await ended;
    await this.#last;
    this.#lines.close();
    await rm(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }
}
