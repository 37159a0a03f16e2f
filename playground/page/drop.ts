/** Files of the user's computer that are dropped on the page: a bug capsule is opened, everything else goes on the flash. */
import type { FlatFile } from '../world/protocol.ts';

export interface DropEnv {
  capsule(text: string): void;
  files(files: readonly FlatFile[]): void;
}

export function takeDrops(env: DropEnv): void {
  addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    const dropped = [...(event.dataTransfer?.files ?? [])];
    if (dropped.length === 0) return;
    event.preventDefault();
    void take(dropped, env);
  });
}

async function take(dropped: readonly File[], env: DropEnv): Promise<void> {
  const capsule = dropped.find(({ name }) => name.endsWith('.capsule.json'));
  if (capsule !== undefined) env.capsule(await capsule.text());
  else
    env.files(
      await Promise.all(
        dropped.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
      ),
    );
}
