import t from 'tap';
import { type TestWorld, world } from '../../cli/testing/index.ts';
import type { Mail, SmtpSink } from '../../runtime/world/index.ts';

const address = (net: TestWorld, name: string) => {
  const found = net.address(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

t.test('a mail is kept as it came', async (t) => {
  const net = world();
  const sink = net.service('smtp.test') as SmtpSink;
  const seen: Mail[] = [];
  sink.onMail = (mail) => seen.push(mail);
  const c = net.host().tcp(address(net, 'smtp.test'), 25);
  c.expect('220 ');
  const ask = (line: string, answer: string): string => {
    c.send(`${line}\r\n`);
    return c.expect(answer);
  };
  ask('MAIL FROM:<a@b>', '503');
  ask('EHLO esp', '250 AUTH PLAIN LOGIN');
  ask('RCPT TO:<x@y>', '503');
  ask('MAIL FROM:<a@b> SIZE=10', '250');
  ask('DATA', '503');
  ask('RCPT TO:<x@y>', '250');
  ask('RCPT TO:nobody', '501');
  ask('RCPT TO:<z@y>', '250');
  ask('DATA', '354');
  c.send('Subject: hi\r\n\r\n..dot\r\nlast\r\n');
  ask('.', '250');
  ask('WHAT', '502');
  ask('QUIT', '221');
  c.expectEnd();
  t.same(seen, [{ from: 'a@b', to: ['x@y', 'z@y'], data: 'Subject: hi\r\n\r\n.dot\r\nlast\r\n', user: undefined }]);
  t.equal(sink.mails.length, 1);
});

t.test('a mail server with users wants to know who it is', async (_t) => {
  const net = world();
  const sink = net.service('smtp.test') as SmtpSink;
  sink.users.set('esp', 'secret');
  const c = net.host().tcp(address(net, 'smtp.test'), 25);
  const ask = (line: string, answer: string): string => {
    c.send(`${line}\r\n`);
    return c.expect(answer);
  };
  const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
  ask('HELO esp', '250');
  ask('MAIL FROM:<a@b>', '530');
  ask(`AUTH PLAIN ${base64('\0esp\0wrong')}`, '535');
  ask('AUTH LOGIN', `334 ${base64('Username:')}`);
  ask(base64('esp'), `334 ${base64('Password:')}`);
  ask(base64('secret'), '235');
  ask('AUTH CRAM-MD5', '504');
  ask('AUTH PLAIN', '334');
  ask('!!', '501');
  ask('MAIL FROM:<>', '250');
});
