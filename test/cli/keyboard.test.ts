import t from 'tap';
import { Feeder } from '../../cli/keyboard.ts';
import { ms } from '../../runtime/index.ts';
import { story } from '../helpers/story.ts';

t.test('what is pasted reaches the device whole, at the speed of the line', async (t) => {
  const { world, device, said } = story('');
  world.runFor(ms(500));
  const feeder = new Feeder(world, device);
  const lines = Array.from({ length: 100 }, (_, i) => `x${i} = ${i}\r`);
  feeder.feed(Buffer.from(lines.join('')));
  feeder.feed(Buffer.from('print(x0, x50, x99)\r'));
  world.runFor(ms(50));
  t.notMatch(said(), /0\t50\t99/);
  world.runFor(ms(5000));
  t.match(said(), /0\t50\t99/);
});
