import t from 'tap';
import { PRIORITY, TaskQueue } from '../../runtime/device/tasks.ts';

t.test('high before medium before low, first in first out', async (t) => {
  const log: string[] = [];
  const tasks = new TaskQueue(() => {});
  for (const i of [1, 2]) {
    for (const p of [PRIORITY.LOW, PRIORITY.MEDIUM, PRIORITY.HIGH]) tasks.post(p, () => log.push(`${p}/${i}`));
  }
  while (tasks.runNext());
  t.same(log, ['2/1', '2/2', '1/1', '1/2', '0/1', '0/2']);
});

t.test('a queue holds eight tasks of its priority', async (t) => {
  let posted = 0;
  const tasks = new TaskQueue(() => posted++);
  for (let i = 0; i < 8; i++) t.ok(tasks.post(PRIORITY.LOW, () => {}));
  t.notOk(tasks.post(PRIORITY.LOW, () => {}));
  t.ok(tasks.post(PRIORITY.HIGH, () => {}));
  t.equal(posted, 9);
  t.equal(tasks.length, 9);
  tasks.clear();
  t.equal(tasks.length, 0);
});

t.test('a task that posts is followed by what it posted', async (t) => {
  const log: string[] = [];
  const tasks = new TaskQueue(() => {});
  tasks.post(PRIORITY.LOW, () => {
    log.push('low');
    tasks.post(PRIORITY.HIGH, () => log.push('high'));
  });
  t.ok(tasks.runNext());
  t.notOk(tasks.runNext());
  t.same(log, ['low', 'high']);
});
