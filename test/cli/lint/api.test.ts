import t from 'tap';
import { firmwareApi } from '../../../cli/lint/api.ts';

const api = firmwareApi();

t.test('the releases of a name are those whose devices have it', async (t) => {
  t.same(api.releases('tmr.alarm'), ['1.5', '2.2']);
  t.same(api.releases('sjson.encode'), ['2.2', '3.0']);
  t.same(api.releases('wifi.sta.getip'), ['1.5', '2.2', '3.0']);
  t.same(api.releases('node.LFS.get'), ['3.0']);
  t.same(api.releases('tmr.nonsense'), []);
});

t.test('modules that are not built count as well', async (t) => {
  t.same(api.releases('ds18b20.read'), ['2.2']);
  t.same(api.releases('u8g.ssd1306_128x64_i2c'), ['1.5'], 'any display');
});

t.test('the year of leaving is that of the name or of its module', async (t) => {
  t.equal(api.left('tmr.alarm'), 2019);
  t.equal(api.left('cjson.encode'), 2017);
  t.equal(api.left('tmr.create'), undefined);
});

t.test('modules are known by their names', async (t) => {
  t.ok(api.isModule('cjson'));
  t.notOk(api.isModule('string'));
});
