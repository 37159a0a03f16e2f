import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('the partition table names the file system', async (t) => {
  t.same(
    new Esp().lua('local p = node.getpartitiontable() print(p.lfs_addr, p.lfs_size, p.spiffs_addr, p.spiffs_size)'),
    ['0\t0\t1048576\t3129344'],
  );
});

t.test('setting one ends in a watchdog reset', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('node.setpartitiontable{spiffs_size = 65536} print("never")'), []);
  esp.run(4000);
  t.match(esp.events.at(-1), 'reset 2 3');
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['node.setpartitiontable()', "bad argument #1 to 'setpartitiontable' (must be table)"],
    ['node.setpartitiontable{x = 1}', "bad argument #1 to 'setpartitiontable' (invalid partition setting)"],
    ['node.setpartitiontable{lfs_size = {}}', "bad argument #1 to 'setpartitiontable' (invalid partition setting)"],
    ['node.setpartitiontable{lfs_size = 5}', 'Partition value out of range'],
  ]);
});
