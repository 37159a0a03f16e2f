// `npm test`: style and layers, types, then every test file; the last line is `N passed, N failed`.
// Arguments are files and folders of tests, and options of tap: `npm test -- test/wire`.
import { spawn, spawnSync } from 'node:child_process';
import { buildTests } from './build.mjs';

const npx = (...args) => ['npx', ['--no-install', ...args]];
const checks = [
  npx('biome', 'ci', '--error-on-warnings', '.'),
  npx('tsc', '-p', 'tsconfig.json'),
  npx('tsc', '-p', 'runtime/tsconfig.json'),
  npx('tsc', '-p', 'playground/tsconfig.json'),
  // Tests that start the command start what is built here.
  [process.execPath, ['build.mjs']],
];

let passed = 0;
let failed = 0;
let skipped = 0;

for (const [command, args] of checks) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status === 0) passed++;
  else failed++;
  console.log(`${status === 0 ? 'ok' : 'not ok'} - ${args.filter((arg) => arg !== '--no-install').join(' ')}`);
}

const options = process.argv.slice(2).filter((arg) => arg.startsWith('-'));
const paths = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
const files = await buildTests(paths.length > 0 ? paths : ['test']);
const tap = spawn('npx', ['--no-install', 'tap', '--reporter=tap', ...options, ...files], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, MCUBOX_BUILT: '1' },
});
let rest = '';
tap.stdout.setEncoding('utf8');
tap.stdout.on('data', (text) => {
  process.stdout.write(text);
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) count(line);
});
tap.on('close', (status) => {
  count(rest);
  if (status !== 0 && failed === 0) failed++;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 ? 1 : 0;
});

/** Counts the named tests of a file: subtest results stand one level (four spaces) inside the file's block. */
function count(line) {
  const match = /^ {4}(not ok|ok) \d+ - (.*)$/.exec(line);
  if (match === null) return;
  if (/# (SKIP|TODO)/i.test(match[2])) skipped++;
  else if (match[1] === 'ok') passed++;
  else failed++;
}
