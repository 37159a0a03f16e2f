import t from 'tap';
import { Analog } from '../../runtime/device/analog.ts';

t.test('what is measured changes at the next boot only', async (t) => {
  const analog = new Analog();
  t.notOk(analog.selectAtNextBoot(false), 'that is the selection already');
  t.ok(analog.selectAtNextBoot(true));
  t.notOk(analog.measuresSupply);
  analog.boot();
  t.ok(analog.measuresSupply);
});
