/** What the page begins with, by its address: a shared link, an example, files of a folder, or what was there last time. */
import { openCapsule } from './capsule.ts';
import { type Example, exampleProject } from './examples.ts';
import type { Tone } from './notices.ts';
import { emptyDevice, fileOf, newProject, type Project } from './project.ts';
import { projectIn } from './share.ts';
import { kept } from './store.ts';

/** Who shows what the page begins with. */
export interface Opener {
  setExamples(examples: readonly Example[]): void;
  load(project: Project, embedded: boolean): void;
  say(text: string, tone: Tone): void;
}

/** What a newcomer sees. */
const FIRST = 'http-led';

export async function startProject(app: Opener): Promise<void> {
  const query = new URLSearchParams(location.search);
  const examples = await json<Example[]>('examples.json');
  app.setExamples(examples);
  const embed = query.has('embed');
  try {
    const shared = await projectIn(location.hash);
    if (shared !== undefined) return app.load(shared, embed);
    const files = query.get('files');
    if (files !== null) return app.load(await projectOfFiles(files), embed);
    const capsule = query.get('capsule');
    if (capsule !== null) return openHere(app, await (await own(capsule)).text(), embed);
    const wanted = query.get('example');
    if (wanted !== null) return app.load(exampleProject(examples, wanted), embed);
  } catch (error) {
    app.say((error as Error).message, 'bad');
  }
  const before = embed ? undefined : await kept();
  app.load(before ?? exampleProject(examples, FIRST), embed);
}

/** The files that `mcubox play DIR` serves; only of the page's own server. */
async function projectOfFiles(path: string): Promise<Project> {
  const files = (await json<unknown[]>(path)).map(fileOf);
  const active =
    files.find(({ name }) => name === 'init.lua') ?? files.find(({ name }) => name.endsWith('.lua')) ?? files[0];
  const device = { ...emptyDevice('esp1'), ...(files.length === 0 ? {} : { files, active: active?.name ?? '' }) };
  return { ...newProject(), devices: [device] };
}

/** A capsule's project, and what is to be said about it. */
export function openHere(app: Opener, capsule: string, embedded: boolean): void {
  const { project, note } = openCapsule(capsule);
  app.load(project, embedded);
  app.say(note, 'stays');
}

const json = async <T>(path: string): Promise<T> => (await own(path)).json();

/** A file of the page's own server. */
async function own(path: string): Promise<Response> {
  const url = new URL(path, document.baseURI);
  if (url.origin !== location.origin) throw new Error('Files come from the page’s own server only.');
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} cannot be read: ${response.status} ${response.statusText}`);
  return response;
}
