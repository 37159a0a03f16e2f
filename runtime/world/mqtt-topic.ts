/** Topic names and filters (MQTT 3.1.1 section 4.7). Texts are bytes as Latin-1; only `/`, `+`, `#` and `$` mean something. */

/** What may be published to. */
export const isTopicName = (topic: string): boolean => topic !== '' && !/[+#\0]/.test(topic);

/** What may be subscribed to: `+` fills a level, `#` is the last level. */
export function isTopicFilter(filter: string): boolean {
  if (filter === '' || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every((level, i) => !/[+#]/.test(level) || level === '+' || (level === '#' && i === levels.length - 1));
}

/** Section 4.7.2: a wildcard in front does not reach topics that begin with `$`. */
export function matchesTopic(filter: string, topic: string): boolean {
  if (!/[+#]/.test(filter)) return filter === topic;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false;
  // Section 4.7.1.2: `a/#` also means `a`.
  const open = wanted.at(-1) === '#';
  const fixed = open ? wanted.slice(0, -1) : wanted;
  if (levels.length < fixed.length || (!open && levels.length > fixed.length)) return false;
  return fixed.every((level, i) => level === '+' || level === levels[i]);
}
