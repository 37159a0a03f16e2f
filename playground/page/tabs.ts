/** What rows of tabs have in common, by the ARIA authoring practices: one stop for Tab, arrows that choose, and panels. */

/** Arrows, Home and End choose among the tabs of a list, however often its children are made anew. */
export function tabKeys(list: HTMLElement): void {
  list.addEventListener('keydown', (event) => {
    const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
    const at = tabs.indexOf(event.target as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const tab = at < 0 || to === undefined ? undefined : tabs[to];
    if (tab === undefined) return;
    event.preventDefault();
    tab.click();
    focusChosen(list);
  });
}

export const focusChosen = (list: HTMLElement): void =>
  list.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();

/** Chosen or not; only the chosen one is a stop for Tab. */
export function choose(tab: HTMLElement, chosen: boolean): void {
  tab.setAttribute('aria-selected', String(chosen));
  tab.tabIndex = chosen ? 0 : -1;
}

/** Ties a panel to the tab that shows it. */
export function panelOf(tab: HTMLElement, panel: HTMLElement, id: string): void {
  tab.id = `${id}-tab`;
  panel.id = id;
  panel.setAttribute('role', 'tabpanel');
  panel.setAttribute('aria-labelledby', tab.id);
  panel.removeAttribute('aria-label');
  tab.setAttribute('aria-controls', id);
}

/** New tabs in place of the old; a focus among them stays there. */
export function renew(list: HTMLElement, tabs: readonly HTMLElement[]): void {
  const within = list.contains(document.activeElement);
  list.replaceChildren(...tabs);
  if (within) focusChosen(list);
}
