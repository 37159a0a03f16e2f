/** The entry of the page. */
import { App } from './app.ts';
import { startProject } from './start.ts';
import { restoreTheme } from './toolbar.ts';

restoreTheme();
const app = new App();
document.body.append(app.element);
await startProject(app);
