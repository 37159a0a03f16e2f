import t from 'tap';
import { compare, hasPuc } from './compare.ts';
import { Expressions } from './expressions.ts';
import { PROBE } from './probe.ts';
import { DIFFERENCES } from './probe-differences.ts';

const COUNT = 3000;

for (const version of ['5.1', '5.3'] as const) {
  t.test(`Lua ${version} and PUC's interpreter`, async (t) => {
    if (!hasPuc(version)) {
      if (process.env.CI !== undefined) t.fail(`lua${version} is not installed`);
      else t.comment(`SKIPPED: lua${version} is not installed, nothing was compared`);
      return;
    }

    t.test(`agree on ${COUNT} generated expressions`, async (t) => {
      const generator = new Expressions(version === '5.1', 1);
      const rows = compare(
        version,
        Array.from({ length: COUNT }, () => generator.next()),
      );
      const different = rows.filter(({ puc, ours }) => puc !== ours);
      for (const { expression, puc, ours } of different.slice(0, 20))
        t.comment(`${expression}\n  PUC  ${puc}\n  ours ${ours}`);
      t.equal(rows.length, COUNT);
      t.equal(different.length, 0, 'no difference');
    });

    t.test(`differ on the ${PROBE.length} expressions of the probe only where that is explained`, async (t) => {
      t.equal(new Set(PROBE).size, 297);
      for (const { expression, puc, ours } of compare(version, PROBE)) {
        const why = DIFFERENCES[version][expression];
        if (why === undefined) t.equal(ours, puc, expression);
        else t.not(ours, puc, `${expression}: ${why}`);
      }
      for (const expression of Object.keys(DIFFERENCES[version])) t.ok(PROBE.includes(expression), expression);
    });
  });
}
