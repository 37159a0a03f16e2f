import t from 'tap';
import { Complaints } from '../../bridge/complaints.ts';
import { seconds, World } from '../../runtime/index.ts';

t.test('the same complaint is told once in a while, with the number of times in between', async (t) => {
  const world = new World();
  const lines: string[] = [];
  const complaints = new Complaints(world, (line) => lines.push(line));
  for (let i = 0; i < 5; i++) complaints.tell('tcp a -> b:80', 'refused');
  complaints.tell('tcp a -> b:81', 'refused');
  t.same(lines.splice(0), ['tcp a -> b:80: refused', 'tcp a -> b:81: refused']);
  world.runFor(seconds(31));
  complaints.tell('tcp a -> b:80', 'refused');
  world.runFor(seconds(31));
  complaints.tell('tcp a -> b:80', 'refused');
  t.same(lines, ['tcp a -> b:80: refused (and 4 times since the last line)', 'tcp a -> b:80: refused']);
});

t.test('a script that tries everything does not fill the screen', async (t) => {
  const lines: string[] = [];
  const complaints = new Complaints(new World(), (line) => lines.push(line));
  for (let i = 0; i < 5000; i++) complaints.tell(`tcp a -> b:${i}`, 'refused');
  t.ok(lines.length <= 1001, `${lines.length} lines`);
});
