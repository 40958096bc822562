import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { TLSSocket } from 'node:tls';

/** A mail that a server took. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Its head and its text, as they came. */
  readonly text: string;
}

/** A mail server as companies have them: it takes mail from who has begun TLS and given a name and a password. */
export interface MailServer {
  readonly port: number;
  readonly mails: readonly Mail[];
  close(): void;
}

const yes = '250 ok';

/**
 * Starts one on a free port of the loopback, by RFC 5321 with STARTTLS and AUTH PLAIN.
 * @param tls the certificate that it shows
 * @param account who may send, as `name:password`
 */
export async function startMailServer(tls: { readonly key: string; readonly cert: string }, account: string): Promise<MailServer> {
  const mails: Mail[] = [];
  const expected = Buffer.from(`\0${account.replace(':', '\0')}`).toString('base64');

  function serve(socket: Socket, isSecret: boolean): void {
    let [isKnown, isText, rest, from, text] = [false, false, '', '', ''];
    let to: string[] = [];
    const say = (line: string): void => void socket.write(`${line}\r\n`);

    /** What is said to a command; nothing after one that changes the connection itself. */
    function answer(line: string): string | undefined {
      const [, address = ''] = /<(.*?)>/.exec(line) ?? [];
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') return `250-mail.example.com\r\n250 ${isSecret ? 'AUTH PLAIN' : 'STARTTLS'}`;
      if (verb === 'STAR') return startTls();
      if (verb === 'AUTH') {
        isKnown = isSecret && line.split(' ')[2] === expected;
        return isKnown ? '235 welcome' : '535 authentication failed';
      }
      if (verb === 'RSET' || verb === 'NOOP') return yes;
      if (verb === 'QUIT') return '221 bye';
      if (!isKnown) return '530 authentication required';
      if (verb === 'MAIL') [from, to, text] = [address, [], ''];
      if (verb === 'RCPT') to.push(address);
      isText = verb === 'DATA';
      return isText ? '354 go on' : yes;
    }

    function startTls(): undefined {
      say('220 go on');
      socket.removeAllListeners('data');
      serve(new TLSSocket(socket, { isServer: true, ...tls }), true);
    }

    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      const lines = `${rest}${String(data)}`.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (isText && line !== '.') text += `${line}\n`;
        else if (isText) {
          isText = false;
          mails.push({ from, to, text });
          say(yes);
        } else {
          const said = answer(line);
          if (said !== undefined) say(said);
        }
      }
    });
  }

  const server = createServer((socket) => {
    socket.write('220 mail.example.com\r\n');
    serve(socket, false);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, mails, close: () => void server.close() };
}
