// `npm test`: style and layers, types and every test file, several at a time; the last line is `N passed, N failed`.
// Arguments are files and folders of tests: `npm test -- test/wire`. tap's settings stand in the environment, as TAP_BAIL=1.
import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { buildTests } from './build.mjs';

const npx = (...args) => ({ name: args.join(' '), command: 'npx', args: ['--no-install', ...args] });
const checks = [
  npx('tsc', '-p', 'tsconfig.json'),
  npx('tsc', '-p', 'playground/tsconfig.json'),
  npx('tsc', '-p', 'runtime/tsconfig.json'),
  npx('biome', 'ci', '--error-on-warnings', '.'),
];
/** Folders whose tests wait, for time and for other programs, more than they compute. */
const WAITING = /^\.build\/test\/(kernel|outside)\//;
/** How many compute at a time. */
const LANES = Math.min(4, Math.max(2, availableParallelism()));
/** Of a whole file; each test in it has a limit of its own. */
const LIMIT_S = 600;

const env = { TAP_TIMEOUT: String(LIMIT_S), ...process.env, TAP: '1', MCUBOX_BUILT: '1' };
const failures = [];
let passed = 0;
let failed = 0;
let skipped = 0;
let ended = 0;

// Tests that start the command start what is built here.
if (spawnSync(process.execPath, ['build.mjs'], { stdio: 'inherit' }).status !== 0) {
  failed++;
  failures.push('build.mjs');
}
const paths = process.argv.slice(2);
const files = (await buildTests(paths.length > 0 ? paths : ['test'])).map((file) => ({
  name: file,
  command: process.execPath,
  args: ['--enable-source-maps', file],
  isTest: true,
}));
const waiting = files.filter(({ name }) => WAITING.test(name));
const computing = [...checks, ...files.filter((file) => !waiting.includes(file))];
console.log('TAP version 14');
await Promise.all([lane(waiting, computing), ...Array.from({ length: LANES }, () => lane(computing, waiting))]);
console.log(`1..${ended}`);
for (const name of failures) console.log(`# failed: ${name}`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

/** Runs one thing after the other; once its own are done, others. */
async function lane(own, others) {
  for (;;) {
    const next = own.shift() ?? others.shift();
    if (next === undefined) return;
    await run(next);
  }
}

/** Runs a check or a test file to its end, then prints what it has printed as a subtest. */
function run({ name, command, args, isTest = false }) {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env, timeout: LIMIT_S * 1000 });
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (data) => {
    text += data;
  });
  return new Promise((resolve) => {
    child.on('close', (status) => {
      const before = failed;
      const lines = text.split('\n').filter((line) => line !== '' && line !== 'TAP version 14');
      if (isTest) for (const line of lines) count(line);
      else if (status === 0) passed++;
      if (status !== 0 && failed === before) failed++;
      const ok = failed === before;
      if (!ok) failures.push(name);
      const took = (performance.now() - start).toFixed(0);
      const indented = lines.map((line) => `    ${line}\n`).join('');
      console.log(`# Subtest: ${name}\n${indented}${ok ? 'ok' : 'not ok'} ${++ended} - ${name} # time=${took}ms`);
      resolve();
    });
  });
}

/** Counts a named test. */
function count(line) {
  const match = /^(not ok|ok) \d+ - (.*)$/.exec(line);
  if (match === null) return;
  if (/# (SKIP|TODO)/i.test(match[2])) skipped++;
  else if (match[1] === 'ok') passed++;
  else failed++;
}
