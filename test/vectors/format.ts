/** The recorded conversations as types: `esp8266-net-vector/1` and `/2`. Data only; the rules are in match.ts. */

/** Bytes of a payload. `parts` may name symbols, `wsMasked` and `any` only occur in what the device sends. */
export type Data =
  | string
  | { readonly hex: string }
  | { readonly rep: string; readonly n: number }
  | { readonly parts: readonly DataPart[] }
  | { readonly wsMasked: readonly WsFrame[] }
  | { readonly any: number };

export type DataPart = Data | { readonly sym: string; readonly len: number; readonly fn?: 'ws-accept' };

export interface WsFrame {
  readonly fin: boolean;
  readonly opcode: number;
  readonly payload: Data;
}

/** Sequence numbers are relative to the initial number of their sender. */
export interface TcpForm {
  readonly from: string;
  readonly to: string;
  readonly flags: string;
  readonly seq: number;
  readonly ack?: number;
  readonly win?: number;
  readonly mss?: number;
  readonly len?: number;
  readonly data?: Data;
}

export interface DnsForm {
  /** A symbol, or a number where a scenario answers with a wrong one. */
  readonly id: string | number;
  readonly qr: number;
  readonly qname: string;
  readonly qtype: string;
  readonly rd?: number;
  readonly rcode?: number;
  readonly answers?: readonly {
    readonly type: string;
    readonly ttl: number;
    readonly ip?: string;
    readonly name?: string;
  }[];
  readonly authority?: string;
}

export interface DhcpForm {
  readonly op: number;
  readonly xid: string | number;
  readonly ciaddr?: string;
  readonly yiaddr?: string;
  readonly chaddr?: string;
  readonly options: Readonly<Record<string, string | number | readonly (string | number)[]>>;
}

export interface UdpForm {
  readonly from: string;
  readonly to: string;
  readonly len?: number;
  readonly data?: Data;
  readonly badChecksum?: true;
  readonly dns?: DnsForm;
  readonly dhcp?: DhcpForm;
}

export interface IcmpForm {
  readonly from: string;
  readonly to: string;
  readonly type: number;
  readonly code: number;
  readonly id?: number;
  readonly seq?: number;
  readonly len?: number;
  readonly data?: Data;
  readonly quotes?: { readonly from: string; readonly to: string; readonly proto: number };
}

export interface IgmpForm {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly group: string;
  readonly maxResp?: number;
}

export interface ArpForm {
  readonly op: 'request' | 'reply';
  readonly sip: string;
  readonly smac: string;
  readonly tip: string;
  readonly tmac?: string;
}

export interface Frame {
  /** The other side: destination of what the device sends, source of what it receives. */
  readonly mac: string;
  readonly dmac?: string;
  readonly ttl?: number;
  readonly frag?: { readonly more: boolean; readonly offset: number };
  readonly tcp?: TcpForm;
  readonly udp?: UdpForm;
  readonly icmp?: IcmpForm;
  readonly igmp?: IgmpForm;
  readonly arp?: ArpForm;
}

export interface TcpState {
  readonly state: string;
  readonly local: string;
  readonly remote: string;
}

/** One line of the timeline; exactly one of the members after `approx` is present. */
export interface Step {
  readonly n: number;
  readonly t: number;
  readonly by?: string;
  readonly re?: number;
  readonly optional?: true;
  readonly approx?: { readonly field: number; readonly tol: number };
  readonly lua?: readonly string[];
  readonly in?: Frame;
  readonly ctl?: string;
  readonly out?: Frame;
  readonly print?: string;
  readonly console?: string;
  readonly panic?: string;
  readonly onerror?: string;
  readonly error?: string;
  readonly event?: string;
  readonly restart?: true;
  readonly state?: { readonly tcp: readonly TcpState[] };
}

export interface Vector {
  readonly format: string;
  readonly name: string;
  readonly title: string;
  readonly theme: string;
  readonly focus?: readonly string[];
  readonly needs?: readonly string[];
  readonly lua: string;
  readonly chunk: string;
  readonly device: {
    readonly ip: string | null;
    readonly netmask: string | null;
    readonly gateway: string | null;
    readonly mac: string;
    readonly dns: readonly string[];
    readonly boot: 'static' | 'dhcp';
    readonly arp: { readonly mode: 'static' | 'live'; readonly entries?: Readonly<Record<string, string>> };
    readonly timers: { readonly tcpSlowRuns: readonly (readonly [number, number])[] } & Readonly<
      Record<string, unknown>
    >;
    readonly chipId?: number;
    readonly uptimeMs?: number;
  };
  readonly symbols: Readonly<Record<string, string>>;
  readonly end: number;
  readonly steps: readonly Step[];
}

export const isInput = (step: Step): boolean =>
  step.lua !== undefined || step.in !== undefined || step.ctl !== undefined;

/** What a player found out about one vector. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly timeline: readonly string[] };

export const PASSED: Verdict = { kind: 'passed' };
