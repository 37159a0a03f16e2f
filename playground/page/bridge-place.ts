/** What the page's address says about a bridge: `mcubox play --net` puts a secret into it that its server knows again. */

const token = new URLSearchParams(location.search).get('bridge') ?? undefined;

/** Where the worker finds it; undefined when the page was opened without one. */
export const bridgeUrl: string | undefined =
  token === undefined ? undefined : `ws://${location.host}/bridge?token=${encodeURIComponent(token)}`;

/** The page from its beginning, with the bridge if it has one. */
export const homeUrl = token === undefined ? './' : `./?bridge=${encodeURIComponent(token)}`;
