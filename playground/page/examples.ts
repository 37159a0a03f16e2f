/** The scripts of lua-examples/, as the build has put them together. */
import { emptyDevice, fileOf, newProject, type Project } from './project.ts';

export interface Example {
  readonly name: string;
  readonly says: string;
  readonly parts: readonly string[];
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** The project of an example; throws an Error for the user when there is none of that name. */
export function exampleProject(examples: readonly Example[], name: string): Project {
  const found = examples.find((example) => example.name === name) ?? undefined;
  if (found === undefined) throw new Error(`There is no example called ${name}.`);
  const files = found.files.map(fileOf);
  const device = { ...emptyDevice('esp1'), files, active: files[0]?.name ?? '', parts: [...found.parts] };
  return { ...newProject(), devices: [device] };
}
