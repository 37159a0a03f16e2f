import t from 'tap';
import { TaskQueue } from '../../runtime/device/tasks.ts';
import { WIFI_EVENT, type WifiEvent, WifiEvents } from '../../runtime/device/wifi-events.ts';

function make() {
  const tasks = new TaskQueue(() => {});
  const events = new WifiEvents(tasks);
  const seen: number[] = [];
  const listener = { onWifiEvent: (event: WifiEvent) => seen.push(event.id) };
  return { tasks, events, seen, listener };
}
const changed: WifiEvent = { id: WIFI_EVENT.WIFI_MODE_CHANGED, oldMode: 1, newMode: 3 };
const timeout: WifiEvent = { id: WIFI_EVENT.STA_DHCP_TIMEOUT };

t.test('an event nobody listens to at that moment is lost', async (t) => {
  const { tasks, events, seen, listener } = make();
  events.emit(timeout);
  events.listen(timeout.id, listener);
  t.equal(tasks.length, 0);
  events.emit(timeout);
  t.same(seen, [], 'delivered by a task');
  tasks.runNext();
  t.same(seen, [timeout.id]);
});

t.test('events are delivered one per task, in order', async (t) => {
  const { tasks, events, seen, listener } = make();
  events.listen(timeout.id, listener);
  events.listen(changed.id, listener);
  events.emit(changed);
  events.emit(timeout);
  t.equal(tasks.length, 1);
  t.ok(tasks.runNext(), 'the next is posted before the callback');
  t.same(seen, [changed.id]);
  tasks.runNext();
  t.same(seen, [changed.id, timeout.id]);
});

t.test('an unregistered listener misses what is queued', async (t) => {
  const { tasks, events, seen, listener } = make();
  events.listen(timeout.id, listener);
  events.emit(timeout);
  events.listen(timeout.id, undefined);
  tasks.runNext();
  t.same(seen, []);
  t.notOk(events.anyone);
});

t.test('the nameless event goes to the listener of EVENT_MAX', async (t) => {
  const { tasks, events, seen, listener } = make();
  events.listen(WIFI_EVENT.EVENT_MAX, listener);
  events.emit({ id: WIFI_EVENT.AP_DISTRIBUTE_STA_IP });
  tasks.runNext();
  t.same(seen, [9]);
});
