import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Ours, and a supervisor's of the second version: a prefix, `PF`, the version, and that receipts are understood. */
const greeting = Buffer.from([0x00, 0x50, 0x46, 0x02, 0x01]);
const receiptTag = 0x01;
const receiptTaken = 0x02;
const longestReceipt = 4096;
/** How long a supervisor has to answer a greeting or a receipt, in milliseconds: an old one never does. */
const answerMs = 500;

/** How long a cancelled run has to say so itself, in milliseconds: a supervisor waits a second to be answered at all. */
const ownWordMs = 600;

/** Why the supervisor is about to end this process. */
export type Intent = 'cancel' | 'reschedule' | 'relinquish';
const intents: Readonly<Record<string, Intent>> = { c: 'cancel', r: 'reschedule', q: 'relinquish' };

/** What became of the run, for the supervisor. */
export type Receipt =
  | { readonly disposition: 'STATE_REPORTED'; readonly state_id: string; readonly state_name: string; readonly state_type: string }
  | { readonly disposition: 'ORCHESTRATION_ABORTED' };

/** The line to the process that a worker keeps beside each run; nothing is said over it when there is none. */
export class ControlChannel {
  readonly #socket: Socket | null;
  #understandsReceipts = false;
  /** Settled once it is known what the supervisor speaks: a run that is quicker than its greeting waits for that. */
  readonly #known: Promise<void>;
  #learn: () => void = () => undefined;
  #greeted = Buffer.alloc(0);
  #taken: (() => void) | null = null;
  #told = false;
  /** Until a supervisor that asked for a cancel is answered. */
  #owed: NodeJS.Timeout | null = null;
  /** The last thing that was asked for. */
  intent: Intent | null = null;

  /** @param env read for PREFECT__CONTROL_PORT and PREFECT__CONTROL_TOKEN, which then leave it: children must not have them */
  constructor(env: NodeJS.ProcessEnv, onIntent: (intent: Intent) => void) {
    const [port, token] = [env['PREFECT__CONTROL_PORT'], env['PREFECT__CONTROL_TOKEN']];
    delete env['PREFECT__CONTROL_PORT'];
    delete env['PREFECT__CONTROL_TOKEN'];
    this.#socket = port === undefined || token === undefined ? null : connect(Number(port), '127.0.0.1');
    this.#known = new Promise((resolve) => {
      this.#learn = resolve;
      if (this.#socket === null) resolve();
      else setTimeout(resolve, answerMs).unref();
    });
    this.#socket?.on('error', this.#learn);
    this.#socket?.unref();
    this.#socket?.write(Buffer.concat([Buffer.from(`${token}\n`), greeting]));
    this.#socket?.on('data', (data: Buffer) => {
      for (const byte of data) this.#hear(byte, onIntent);
    });
  }

  get isThere(): boolean {
    return this.#socket !== null;
  }

  /**
   * Tells what became of the run. The exit code is not looked at then. After an intent the supervisor is the one that says how
   * the run ended, unless that was a cancel which it was not answered yet.
   */
  async tell(receipt: Receipt): Promise<void> {
    const body = Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(receipt).toSorted(([a], [b]) => (a < b ? -1 : 1)))));
    // A run that is over has nothing else that keeps the process.
    this.#socket?.ref();
    await this.#known;
    if (this.#socket === null || !this.#understandsReceipts || body.length > longestReceipt) return;
    if (this.intent !== null && (this.#owed === null || receipt.disposition !== 'STATE_REPORTED')) return;
    this.#told = true;
    this.#forgive();
    const head = Buffer.alloc(5);
    head.writeUInt8(receiptTag, 0);
    head.writeUInt32BE(body.length, 1);
    const answered = new Promise<void>((resolve) => {
      this.#taken = resolve;
      setTimeout(resolve, answerMs);
    });
    this.#socket.write(Buffer.concat([head, body]));
    await answered;
  }

  close(): void {
    this.#forgive();
    this.#socket?.destroy();
  }

  #hear(byte: number, onIntent: (intent: Intent) => void): void {
    if (byte === receiptTaken && this.#understandsReceipts && this.#taken !== null) return this.#taken();
    const intent = intents[String.fromCharCode(byte)];
    const isGreeting = this.#greeted.length > 0 ? !this.#understandsReceipts : byte === greeting[0];
    if (isGreeting) return this.#greet(byte);
    // The first word about the end is the one that counts, on either side.
    if (intent === undefined || this.#told || this.intent !== null) return;
    this.intent = intent;
    // Whoever acknowledges a cancel leaves its state to the supervisor, who sets Cancelled seconds later, and a second time.
    if (intent === 'cancel' && this.#understandsReceipts) this.#owed = setTimeout(() => this.#acknowledge(), ownWordMs);
    else this.#acknowledge();
    onIntent(intent);
  }

  #acknowledge(): void {
    this.#forgive();
    this.#socket?.write('a');
  }

  #forgive(): void {
    if (this.#owed !== null) clearTimeout(this.#owed);
    this.#owed = null;
  }

  #greet(byte: number): void {
    this.#greeted = Buffer.concat([this.#greeted, Buffer.from([byte])]);
    if (this.#greeted.length < greeting.length) return;
    this.#understandsReceipts = this.#greeted.equals(greeting);
    this.#learn();
    if (!this.#understandsReceipts) this.#greeted = Buffer.alloc(0);
  }
}
