/** The first form of an HTML page, as far as setup portals write one. */

export interface Form {
  readonly action: string;
  readonly method: 'get' | 'post';
  /** What is filled in already, by name. */
  readonly fields: Readonly<Record<string, string>>;
}

const FORM = /<form\b([^>]*)>([\s\S]*?)(?:<\/form|$)/i;
const FIELD = /<(?:input|textarea|select)\b([^>]*)>/gi;
/** Sent only when they are pressed. */
const BUTTONS = ['submit', 'button', 'reset', 'image'];

/** Undefined for a page without one. */
export function readForm(html: string): Form | undefined {
  const [, attributes, inside = ''] = FORM.exec(html.replace(/<!--[\s\S]*?-->/g, '')) ?? [];
  if (attributes === undefined) return undefined;
  const fields: Record<string, string> = {};
  for (const [, text = ''] of inside.matchAll(FIELD)) {
    const name = attribute(text, 'name');
    if (name !== undefined && !BUTTONS.includes((attribute(text, 'type') ?? '').toLowerCase()))
      fields[name] = attribute(text, 'value') ?? '';
  }
  const method = attribute(attributes, 'method')?.toLowerCase() === 'post' ? 'post' : 'get';
  return { action: attribute(attributes, 'action') ?? '', method, fields };
}

function attribute(text: string, name: string): string | undefined {
  const [, double, single, bare] =
    new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(text) ?? [];
  return (double ?? single ?? bare)?.replaceAll('&amp;', '&');
}
