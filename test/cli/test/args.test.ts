import t from 'tap';
import { parseTest } from '../../../cli/test/args.ts';

const told = (...argv: readonly string[]): string | undefined => {
  const parsed = parseTest(argv);
  return parsed.ok ? undefined : parsed.message;
};

t.test('what exploring, capsules and coverage are asked for', async (t) => {
  const parsed = parseTest(['x', '--explore', '200', '--faults', 'drop,ap-down', '--save-capsule', 'bugs']);
  t.match(parsed, { value: { explore: 200, faults: ['drop', 'ap-down'], capsules: 'bugs', coverage: false } });
  t.match(parseTest(['--coverage']), { value: { paths: ['.'], coverage: true, explore: undefined } });
});

t.test('a mistake is one sentence with what was meant', async (t) => {
  t.match(told('--explore', 'many'), /^--explore: 'many' is not a whole number/);
  t.equal(
    told('--explore', '5', '--faults', 'drop,lose'),
    "--faults: 'lose' is no fault; write drop, delay, duplicate, split, ap-down, restart",
  );
  t.equal(told('--faults', 'drop'), '--faults says what --explore tries; add --explore 200');
  t.equal(told('--explore', '5', '--update'), '--update and --explore do not go together');
  t.equal(told('--explore', '5', '--coverage'), '--coverage and --explore do not go together');
  t.equal(told('--save-capsul', 'x'), "unknown option '--save-capsul'; did you mean '--save-capsule'");
  t.match(told('--seeds', '9..1'), /is no range; write 1\.\.100/);
});
