/** The entry of the page. */
import { App } from './app.ts';
import { takeDrops } from './drop.ts';
import { openHere, startProject } from './start.ts';
import { restoreTheme } from './toolbar.ts';

restoreTheme();
const app = new App();
document.body.append(app.element);
takeDrops({
  files: (files) => app.addFiles(files),
  capsule: (text) => {
    try {
      openHere(app, text, false);
    } catch (error) {
      app.say((error as Error).message, 'bad');
    }
  },
});
await startProject(app);
