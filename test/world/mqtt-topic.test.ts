import t from 'tap';
import { isTopicFilter, isTopicName, matchesTopic } from '../../runtime/world/mqtt-topic.ts';

t.test('filters fit topics as section 4.7 of the standard shows', async (t) => {
  const fits: readonly (readonly [string, string])[] = [
    ['a/b', 'a/b'],
    ['sport/tennis/player1/#', 'sport/tennis/player1'],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon'],
    ['#', 'a/b/c'],
    ['sport/#', 'sport'],
    ['sport/tennis/+', 'sport/tennis/player1'],
    ['+', 'finance'],
    ['/+', '/finance'],
    ['+/+', '/finance'],
    ['sport/+', 'sport/'],
    ['+/tennis/#', 'x/tennis'],
    ['$SYS/#', '$SYS/uptime'],
    ['$SYS/monitor/+', '$SYS/monitor/Clients'],
  ];
  for (const [filter, topic] of fits) t.ok(matchesTopic(filter, topic), `${filter} fits ${topic}`);
  const fails: readonly (readonly [string, string])[] = [
    ['a/b', 'a/B'],
    ['a', 'a/b'],
    ['a/b', 'a'],
    ['sport/tennis/+', 'sport/tennis/player1/ranking'],
    ['sport/+', 'sport'],
    ['+', '/finance'],
    ['#', '$SYS/uptime'],
    ['+/monitor/Clients', '$SYS/monitor/Clients'],
    ['a/b/#', 'a'],
    ['/a', 'a'],
  ];
  for (const [filter, topic] of fails) t.notOk(matchesTopic(filter, topic), `${filter} does not fit ${topic}`);
});

t.test('wildcards stand alone in their level, `#` at the end', async (t) => {
  for (const good of ['#', '+', 'a/+/b', 'a/#', '/', 'a//b', '+/+/#', 'a b']) t.ok(isTopicFilter(good), good);
  for (const bad of ['', 'a#', '#/a', 'a/#/b', 'a+', '+a/b', 'a\0b']) t.notOk(isTopicFilter(bad), bad);
  t.ok(isTopicName('a/b') && isTopicName('/'));
  t.notOk(isTopicName('') || isTopicName('a/+') || isTopicName('#') || isTopicName('a\0'));
});
