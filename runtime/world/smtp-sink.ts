/**
 * A mail server that keeps what it gets (RFC 5321, AUTH as in RFC 4954 and 4616). Not here: relaying, STARTTLS, 8-bit rules.
 */
import { type Clock, fromBase64, fromLatin1, seconds, type Timer, toBase64, toLatin1 } from '../core/index.ts';
import { LateStream, refusal, type Service, type ServiceFaults } from './service.ts';
import type { Stream, StreamHandler } from './stream.ts';

export const SMTP_PORT = 25;
/** RFC 5321 section 4.5.3.2.7. */
const TIMEOUT = seconds(300);
/** Longest line of a command that is read, and largest mail. */
const MAX_LINE = 2048;
const MAX_MAIL = 1024 * 1024;
const LOGIN_USER = 'Username:';
const LOGIN_PASSWORD = 'Password:';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header and body as they came, Latin-1, without the dots of section 4.5.2. */
  readonly data: string;
  /** Who had logged in. */
  readonly user: string | undefined;
}

/** A refusal is the greeting's reply code; a wrong answer is a reply that no client knows. */
export class SmtpSink implements Service {
  readonly faults: ServiceFaults = {};
  /** User name to password. While empty nobody needs to log in. */
  readonly users = new Map<string, string>();
  readonly mails: Mail[] = [];
  onMail: ((mail: Mail) => void) | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  accept(stream: Stream): void {
    const late = new LateStream(this.#clock, stream, this.faults);
    late.handler = new SmtpConnection(this.#clock, this, late);
  }
}

type Step = 'command' | 'data' | 'plain' | 'login-user' | 'login-password';

class SmtpConnection implements StreamHandler {
  readonly #sink: SmtpSink;
  readonly #stream: Stream;
  readonly #timeout: Timer;
  #input = '';
  #step: Step = 'command';
  #commands = 0;
  #greeted = false;
  #user: string | undefined;
  #login = '';
  #from: string | undefined;
  #to: string[] = [];
  #data = '';
  #over = false;

  constructor(clock: Clock, sink: SmtpSink, stream: Stream) {
    this.#sink = sink;
    this.#stream = stream;
    this.#timeout = clock.timer('smtp.timeout', () => this.#finish('421 4.4.2 Bad connection'));
    this.#timeout.arm(TIMEOUT);
    const code = refusal(sink.faults);
    if (code === undefined) this.#reply('220 smtp.test ESMTP mcubox');
    else this.#finish(`${code} smtp.test No service`);
  }

  onData(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#timeout.arm(TIMEOUT);
    this.#input += toLatin1(bytes);
    for (let end = this.#input.indexOf('\n'); end >= 0 && !this.#over; end = this.#input.indexOf('\n')) {
      const line = this.#input.slice(0, end).replace(/\r$/, '');
      this.#input = this.#input.slice(end + 1);
      this.#onLine(line);
    }
    if (this.#input.length > MAX_LINE) this.#finish('500 5.5.2 Line too long');
  }

  onClose(): void {
    this.#over = true;
    this.#timeout.cancel();
  }

  #onLine(line: string): void {
    if (this.#step === 'data') {
      this.#onData(line);
      return;
    }
    const { dropAfter } = this.#sink.faults;
    if (dropAfter !== undefined && ++this.#commands > dropAfter) this.#stream.destroy();
    else if (this.#step !== 'command') this.#onAuth(this.#step, line);
    else this.#onCommand(line);
  }

  #onCommand(line: string): void {
    const [, verb = '', rest = ''] = /^(\S*)\s*(.*)$/.exec(line) ?? [];
    switch (verb.toUpperCase()) {
      case 'HELO':
        this.#greet();
        this.#reply('250 smtp.test');
        break;
      case 'EHLO':
        this.#greet();
        this.#reply(`250-smtp.test\r\n250-SIZE ${MAX_MAIL}\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN`);
        break;
      case 'AUTH':
        this.#auth(rest);
        break;
      case 'MAIL':
        this.#mail(rest);
        break;
      case 'RCPT':
        this.#recipient(rest);
        break;
      case 'DATA':
        if (this.#to.length === 0) this.#reply('503 5.5.1 Need RCPT');
        else {
          this.#step = 'data';
          this.#reply('354 End data with <CR><LF>.<CR><LF>');
        }
        break;
      case 'RSET':
        this.#reset();
        this.#reply('250 2.0.0 Ok');
        break;
      case 'NOOP':
        this.#reply('250 2.0.0 Ok');
        break;
      case 'QUIT':
        this.#finish('221 2.0.0 Bye');
        break;
      default:
        this.#reply('502 5.5.2 Command not recognized');
    }
  }

  #auth(rest: string): void {
    const [method = '', initial] = rest.split(/\s+/);
    if (method.toUpperCase() === 'PLAIN') {
      if (initial === undefined) {
        this.#step = 'plain';
        this.#reply('334 ');
      } else this.#onAuth('plain', initial);
    } else if (method.toUpperCase() === 'LOGIN') {
      this.#step = 'login-user';
      if (initial === undefined) this.#reply(`334 ${toBase64(fromLatin1(LOGIN_USER))}`);
      else this.#onAuth('login-user', initial);
    } else this.#reply('504 5.5.4 Unrecognized authentication type');
  }

  #onAuth(step: Step, line: string): void {
    const bytes = fromBase64(line.trim());
    const text = bytes === undefined ? '' : toLatin1(bytes);
    this.#step = 'command';
    if (bytes === undefined) this.#reply('501 5.5.2 Cannot decode response');
    else if (step === 'plain') {
      const [, user = '', password = ''] = text.split('\0');
      this.#judge(user, password);
    } else if (step === 'login-user') {
      this.#login = text;
      this.#step = 'login-password';
      this.#reply(`334 ${toBase64(fromLatin1(LOGIN_PASSWORD))}`);
    } else this.#judge(this.#login, text);
  }

  #judge(user: string, password: string): void {
    const { users } = this.#sink;
    if (users.size > 0 && users.get(user) !== password) {
      this.#reply('535 5.7.8 Authentication credentials invalid');
      return;
    }
    this.#user = user;
    this.#reply('235 2.7.0 Authentication succeeded');
  }

  #mail(rest: string): void {
    const from = /^FROM:\s*<([^>]*)>/i.exec(rest)?.[1];
    if (!this.#greeted) this.#reply('503 5.5.1 Say hello first');
    else if (this.#sink.users.size > 0 && this.#user === undefined) this.#reply('530 5.7.0 Authentication required');
    else if (this.#from !== undefined) this.#reply('503 5.5.1 Sender already specified');
    else if (from === undefined) this.#reply('501 5.1.7 Bad sender address syntax');
    else {
      this.#from = from;
      this.#reply('250 2.1.0 Ok');
    }
  }

  #recipient(rest: string): void {
    const to = /^TO:\s*<([^>]+)>/i.exec(rest)?.[1];
    if (this.#from === undefined) this.#reply('503 5.5.1 Need MAIL');
    else if (to === undefined) this.#reply('501 5.1.3 Bad recipient address syntax');
    else {
      this.#to.push(to);
      this.#reply('250 2.1.5 Ok');
    }
  }

  #onData(line: string): void {
    if (line !== '.') {
      // Section 4.5.2: a client doubles a dot at the beginning.
      this.#data += `${line.replace(/^\./, '')}\r\n`;
      if (this.#data.length > MAX_MAIL) this.#finish('552 5.3.4 Message too big');
      return;
    }
    const mail = { from: this.#from ?? '', to: this.#to, data: this.#data, user: this.#user };
    this.#reset();
    this.#sink.mails.push(mail);
    this.#sink.onMail?.(mail);
    this.#reply(`250 2.0.0 Ok: queued as ${this.#sink.mails.length}`);
  }

  #greet(): void {
    this.#greeted = true;
    this.#reset();
  }

  #reset(): void {
    this.#step = 'command';
    this.#from = undefined;
    this.#to = [];
    this.#data = '';
  }

  #reply(text: string): void {
    this.#stream.write(fromLatin1(`${this.#sink.faults.wrong ? '999 what?' : text}\r\n`));
  }

  #finish(last: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#timeout.cancel();
    this.#reply(last);
    this.#stream.end();
  }
}
