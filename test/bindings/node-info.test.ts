import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

const keys = (group: string) =>
  new Esp().lua(
    `local t = {} for k, v in pairs(node.info("${group}")) do t[#t + 1] = k .. ":" .. type(v) end table.sort(t) print(table.concat(t, " "))`,
  )[0];

t.test('each group has the firmware’s fields', async (t) => {
  t.equal(keys('hw'), 'chip_id:number flash_id:number flash_mode:number flash_size:number flash_speed:number');
  t.equal(keys('lfs'), 'lfs_base:number lfs_mapped:number lfs_size:number lfs_used:number');
  t.equal(keys('build_config'), 'lfs_size:number modules:string number_type:string ssl:boolean');
  t.match(keys('sw_version'), /git_branch:string git_commit_dts:string .* node_version_revision:number/);
});

t.test('without an argument it prints a notice and answers eight values', async (t) => {
  const lines = new Esp().lua('print(node.info())');
  t.match(lines, [
    /^Warning, deprecated API! node\.info\(\) without parameter\. It will be removed in the next version\./,
    /^3\t0\t0\t1193046\t1458400\t4096\t2\t40000000$/,
  ]);
});

t.test('pairs() goes through a group in the order of a table made for its fields', async (t) => {
  const order = (group: string) =>
    new Esp().lua(
      `local t = {} for k in pairs(node.info("${group}")) do t[#t + 1] = k end print(table.concat(t, " "))`,
    );
  t.same(order('hw'), ['flash_size chip_id flash_mode flash_speed flash_id']);
  t.same(order('build_config'), ['ssl number_type modules lfs_size']);
  t.same(order('sw_version'), [
    'git_branch git_release git_commit_id node_version_minor git_commit_dts node_version_revision node_version_major',
  ]);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['node.info("x")', "bad argument #1 to 'info' (invalid option 'x')"],
    ['node.info({})', "bad argument #1 to 'info' (string expected, got table)"],
  ]);
});
