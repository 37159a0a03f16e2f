/**
 * A Link: what a network stack needs of an interface. Radio stations, access points and LAN ports
 * implement it, stacks use it, and neither knows the other.
 */

/** Told by the link. A stack attaches exactly one. */
export interface LinkHandler {
  /** A whole Ethernet II frame without FCS. Others may have it too, so nobody changes it; slices of it may be kept. */
  onFrame(frame: Uint8Array): void;
  /** Whether {@link onFrame} would certainly reach no program now, as with most of what is for everybody. */
  passesBy?(frame: Uint8Array): boolean;
  /** The link came up (joined, plugged) or went down. */
  onLinkChange(up: boolean): void;
}

export interface Link {
  /** The 6 bytes of the interface's own address. */
  readonly hwaddr: Uint8Array;
  readonly up: boolean;
  /** Sends a whole Ethernet II frame without FCS. The link owns the array afterwards. Frames sent while down are lost. */
  send(frame: Uint8Array): void;
  attach(handler: LinkHandler): void;
}
