/** The project survives a reload: kept in IndexedDB, or for this visit only where the browser has none. */
import { bridgeUrl } from './bridge-place.ts';
import { type Project, projectOf, storedProject } from './project.ts';

const DATABASE = 'mcubox';
const STORE = 'projects';
/** Somebody's link may have left a project here: where scripts reach something real, none runs that came without the bridge. */
const KEY = bridgeUrl === undefined ? 'current' : 'bridged';
/** After the last change; a key pressed is no reason to write. */
const DELAY_MS = 400;

let pending: number | undefined;

/** Writes it away soon. */
export function keep(project: Project): void {
  window.clearTimeout(pending);
  pending = window.setTimeout(() => write(project), DELAY_MS);
}

/** What was kept last, if it can be read. */
export async function kept(): Promise<Project | undefined> {
  try {
    const database = await open();
    const stored = await done(database.transaction(STORE).objectStore(STORE).get(KEY));
    return stored === undefined ? undefined : projectOf(stored);
  } catch {
    return undefined;
  }
}

async function write(project: Project): Promise<void> {
  try {
    const database = await open();
    await done(database.transaction(STORE, 'readwrite').objectStore(STORE).put(storedProject(project), KEY));
  } catch {
    // A private window has no database; the project lives as long as its tab.
  }
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
