/** Shows what goes on, and remembers what each step took. */
export interface Steps {
  /** Runs a step; several may run at once. `detail` says how far it has come. */
  run<Value>(name: string, work: (detail: (text: string) => void) => Promise<Value>): Promise<Value>;
  readonly taken: readonly { readonly name: string; readonly from: number; readonly seconds: number }[];
  end(): void;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** On a terminal one line that lives, with every step that runs; in a pipe a line at a step's start and end. */
export function createSteps(stream: Stream): Steps {
  const live = stream.isTTY === true && (stream.columns ?? 0) >= 20;
  const started = performance.now();
  const running = new Map<string, { at: number; detail: string }>();
  const taken: { name: string; from: number; seconds: number }[] = [];
  const clear = live ? '\r\u001b[2K' : '';
  const draw = (): void => {
    const line = [...running].map(([name, { at, detail }]) => `${name} ${since(at)} s ${detail}`.trim()).join(' · ');
    if (line !== '') stream.write(live ? `${clear}${line.slice(0, (stream.columns ?? 80) - 1)}` : `  ${line}\n`);
  };
  // A pipe that stays silent for long looks like a program that hangs.
  const timer = setInterval(draw, live ? 100 : 10_000);
  return {
    taken,
    async run(name, work) {
      const at = performance.now();
      running.set(name, { at, detail: '' });
      if (!live) stream.write(`${name}…\n`);
      let done = false;
      try {
        const value = await work((detail) => running.set(name, { at, detail: plain(detail) }));
        done = true;
        return value;
      } finally {
        running.delete(name);
        taken.push({ name, from: (at - started) / 1000, seconds: Number(since(at)) });
        stream.write(`${clear}${done ? '✔' : '✖'} ${name} ${since(at)} s\n`);
      }
    },
    end() {
      clearInterval(timer);
      stream.write(clear);
    },
  };
}

function since(at: number): string {
  return ((performance.now() - at) / 1000).toFixed(1);
}

function plain(text: string): string {
  const bare = text.replace(/\p{Cc}\[[0-9;?]*[A-Za-z]/gu, '').replace(/\p{Cc}/gu, ' ').trim();
  return bare.length > 40 ? `${bare.slice(0, 39)}…` : bare;
}
