/** Every recording in the project passes, and the runner notices when one is wrong. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Step, Vector } from './format.ts';
import { findVectors, playFile } from './main.ts';
import { playNet } from './net.ts';

const DATA = new URL('data', import.meta.url).pathname;
const read = (name: string): Vector => JSON.parse(readFileSync(`${DATA}/net/${name}.json`, 'utf8')) as Vector;

/** The vector with one step replaced. */
const changed = (vector: Vector, n: number, change: (step: Step) => Step): Vector => ({
  ...vector,
  steps: vector.steps.map((step) => (step.n === n ? change(step) : step)),
});

/** Recordings that other recordings contradict, and by what. */
const CONTRADICTED: Record<string, string> = {
  'console-print-bytes':
    "its host's libc prints -0; the firmware's own formatting prints 0 (lua51-number-negative-zero)",
};

t.test('every recording passes', async (t) => {
  for (const path of findVectors([DATA])) {
    const { name, verdict } = playFile(path);
    if (verdict.kind === 'passed') t.notOk(CONTRADICTED[name], name);
    else if (CONTRADICTED[name] !== undefined) t.comment(`${name}: ${CONTRADICTED[name]}`);
    else t.fail([`${name}: ${verdict.reason}`, ...(verdict.kind === 'failed' ? verdict.timeline : [])].join('\n'));
  }
});

t.test('a wrong print fails and both timelines are shown', async (t) => {
  const vector = changed(read('connect-refused-disconnection'), 4, (step) => ({ ...step, print: 'disconnection\t-8' }));
  const verdict = playNet(vector);
  t.equal(verdict.kind, 'failed');
  if (verdict.kind !== 'failed') return;
  t.match(verdict.reason, /unexpected console output/);
  const marked = verdict.timeline.filter((line) => line.startsWith('>'));
  t.equal(marked.length, 1, 'one line is marked');
  t.match(marked[0], /disconnection.*-8.*\|.*disconnection.*-9/);
});

t.test('a changed field of a frame fails', async (t) => {
  const original = read('connect-literal-ok');
  const index = original.steps.findIndex((step) => step.out?.tcp?.flags === 'A');
  const { n } = original.steps[index] as Step;
  const vector = changed(original, n, (step) => {
    const out = step.out as NonNullable<Step['out']>;
    return { ...step, out: { ...out, tcp: { ...(out.tcp as NonNullable<typeof out.tcp>), ack: 2 } } };
  });
  const verdict = playNet(vector);
  t.equal(verdict.kind, 'failed');
  t.match(verdict, { reason: /ack 1, recorded 2/ });
});

t.test('an output that does not come fails', async (t) => {
  const original = read('connect-refused-disconnection');
  const last = original.steps.at(-1) as Step;
  const extra: Step = { n: last.n + 1, t: last.t, by: 'in', print: 'never' };
  t.match(playNet({ ...original, steps: [...original.steps, extra] }), { kind: 'failed', reason: /did not come/ });
});

t.test('an output at another time fails', async (t) => {
  const original = read('connect-timeout-silent');
  const retry = original.steps.filter((step) => step.out?.tcp?.flags === 'S')[1] as Step;
  const vector = changed(original, retry.n, (step) => ({ ...step, t: step.t + 30 }));
  t.match(playNet(vector), { kind: 'failed' });
});

t.test('an output that is not recorded fails', async (t) => {
  const original = read('connect-refused-disconnection');
  const steps = original.steps.filter((step) => step.print === undefined);
  t.match(playNet({ ...original, steps }), { kind: 'failed', reason: /unexpected console output/ });
});
