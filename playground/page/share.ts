/** A project in the fragment of a URL: deflated JSON with a checksum in front, in the alphabet of base64url. */
import { fromBase64, type Project, projectOf, storedProject, toBase64 } from './project.ts';

/** In front of the data; another version gets another sign. */
const SIGN = 'p1';

/** `#p1…`, to be put behind the page's address. */
export async function fragmentOf(project: Project): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(storedProject(project)));
  const packed = await through(json, new CompressionStream('deflate-raw'));
  return `#${SIGN}${checksum(json)}${toBase64(packed).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** The project in a fragment; undefined when it holds none, throws an Error for the user when it is damaged. */
export async function projectIn(fragment: string): Promise<Project | undefined> {
  if (!fragment.startsWith(`#${SIGN}`)) return undefined;
  const sum = fragment.slice(1 + SIGN.length, 1 + SIGN.length + SUM_LENGTH);
  const data = fragment.slice(1 + SIGN.length + SUM_LENGTH);
  try {
    const packed = fromBase64(data.replaceAll('-', '+').replaceAll('_', '/'));
    const json = await through(packed, new DecompressionStream('deflate-raw'));
    if (checksum(json) !== sum) throw new Error('the checksum differs');
    return projectOf(JSON.parse(new TextDecoder().decode(json)));
  } catch {
    throw new Error(
      'This link is damaged: part of it is missing or was changed on the way. Ask for it again, whole and as one line.',
    );
  }
}

async function through(bytes: Uint8Array, stream: GenericTransformStream): Promise<Uint8Array> {
  const result = new Blob([bytes as BlobPart]).stream().pipeThrough(stream as TransformStream);
  return new Uint8Array(await new Response(result).arrayBuffer());
}

const SUM_LENGTH = 7;

/** FNV-1a, 32 bits, as seven digits of base 36: deflate itself notices only some damage. */
function checksum(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(36).padStart(SUM_LENGTH, '0');
}
