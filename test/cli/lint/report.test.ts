import t from 'tap';
import { lintReport } from '../../../cli/lint/report.ts';

const OLD = { name: 'old.lua', source: 'tmr.alarm(0, 1, 0, f)\ntmr.alarm(1, 1, 0, f)\ntmr.stop(1)' };
const NEW = { name: 'new.lua', source: 'pipe.create()' };

t.test('each name is told once a script, with its remedy, and last what fits', async (t) => {
  t.same(lintReport('dir', [OLD], undefined), {
    text: [
      'old.lua:1: tmr.alarm(id, …) left the firmware in 2019; run with --firmware 2.2 (and 1 more)',
      'old.lua:3: tmr.stop(id, …) left the firmware in 2019; run with --firmware 2.2',
      'dir fits 2.2 and 1.5; mcubox run --firmware 2.2 dir',
      '',
    ].join('\n'),
    fits: true,
  });
});

t.test('scripts that fit no release together are told one by one', async (t) => {
  const { text, fits } = lintReport('dir', [OLD, NEW], undefined);
  t.equal(fits, false);
  t.match(text, 'new.lua:1: pipe.create is new in 3.0');
  t.match(text, 'old.lua fits 2.2 and 1.5\nnew.lua fits 3.0\ndir: 2 scripts fit no release together; ');
});

t.test('asked about one release, only what it lacks is told', async (t) => {
  t.same(lintReport('dir', [NEW], '3.0'), { text: 'dir fits 3.0; mcubox run --firmware 3.0 dir\n', fits: true });
  t.match(lintReport('dir', [OLD], '3.0'), { text: /does not fit 3.0, but 2.2 and 1.5\n$/, fits: false });
});
