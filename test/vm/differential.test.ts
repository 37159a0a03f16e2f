import t from 'tap';
import { LUA_BUILDS } from '../../runtime/vm/index.ts';
import { compare, hasPuc, pucOf } from './compare.ts';
import { Expressions } from './expressions.ts';
import { Expressions64 } from './expressions64.ts';
import { PROBE } from './probe.ts';
import { DIFFERENCES } from './probe-differences.ts';

const COUNT = 3000;

for (const version of LUA_BUILDS) {
  t.test(`Lua ${version} and PUC's interpreter`, async (t) => {
    if (!hasPuc(version)) {
      if (process.env.CI !== undefined) t.fail(`${pucOf(version)} is not installed`);
      else t.comment(`SKIPPED: ${pucOf(version)} is not installed, nothing was compared`);
      return;
    }

    const generators = [new Expressions(version === '5.1', 1), ...(version === '5.3-64' ? [new Expressions64(1)] : [])];
    for (const generator of generators) {
      t.test(`agree on ${COUNT} expressions of ${generator.constructor.name}`, async (t) => {
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
    }

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
