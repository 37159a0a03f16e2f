/**
 * The firmware's setup portal (app/modules/enduser_setup.c): an open access point, a name server that answers everything
 * with its own address, and a web server that takes credentials; then it watches the station until it has an address.
 */
import { ERR, type LwipErr } from '../stack/index.ts';
import { formatIpv4, IPV4_ANY, type Ipv4Address } from '../wire/index.ts';
import type { ProtoEnv } from './env.ts';
import { ESPCONN } from './espconn.ts';
import { type EspconnUdp, EspconnUdpLayer } from './espconn-udp.ts';
import {
  catchAllAnswer,
  type PortalNetwork,
  type PortalStatus,
  statusAnswer,
  statusJsonAnswer,
} from './portal-answers.ts';
import { type Credentials, paramsFile, readCredentials } from './portal-form.ts';
import { PortalHttp } from './portal-http.ts';
import type { ProtoTimer } from './timer.ts';

/** Codes of the error callback. Those of fatal errors are never heard: the portal forgets its callbacks first. */
export const SETUP_ERR = { OUT_OF_MEMORY: 1, UNKNOWN: 3, MAX_NUMBER: 5 } as const;

/** The machine around the portal. */
export interface SetupHost {
  /** wifi_get_opmode: bit 0 the station, bit 1 the access point. */
  readonly mode: number;
  setMode(mode: number): void;
  readonly channel: number;
  readonly station: PortalStatus;
  /** Address of the access point's interface. */
  readonly apAddress: Ipv4Address;
  readonly chipId: number;
  readonly takesForms: boolean;
  /** Opens the access point, also saved; by default its name comes from its MAC address. */
  startAp(ssid: string | undefined, channel: number): void;
  /** False when refused. Strongest first. */
  scan(done: (networks: readonly PortalNetwork[]) => void): boolean;
  /** Leaves the network, saves the new credentials and joins; called from a task. */
  configure(credentials: Credentials): void;
  connect(): void;
  disconnect(): void;
  /** A task of medium priority. */
  post(task: () => void): void;
  page(): Uint8Array;
  saveParams(text: string): void;
  /** The program's callbacks. */
  connected(): void;
  failed(code: number, message: string): void;
}

const STATION = 1;
const SOFTAP = 2;
const DNS_PORT = 53;
const CHECK_MS = 3000;
const RESCAN_MS = 50;
const SHUTDOWN_MS = 10_000;
const WEAKEST = -100;
const GOT_IP = 5;
/** The station's states that are failures: wrong password, no access point, failed. */
const FAILURES: readonly number[] = [2, 3, 4];

export class EnduserSetup {
  /** The program looks after Wi-Fi itself; outlives the portal. */
  manual = false;
  readonly #env: ProtoEnv;
  readonly #host: SetupHost;
  readonly #http: PortalHttp;
  readonly #scanTimer: ProtoTimer;
  readonly #checkTimer: ProtoTimer;
  readonly #shutdownTimer: ProtoTimer;
  #dns: EspconnUdp | undefined;
  #running = false;
  #ssid: string | undefined;
  #channel = 1;
  #success = false;
  #told = false;
  /** A status that the station could not tell any more; 0 for none. */
  #lastStatus = 0;
  #connecting = false;
  /** The last address; outlives the portal until the next start. */
  #address = '';

  constructor(env: ProtoEnv, host: SetupHost) {
    this.#env = env;
    this.#host = host;
    this.#scanTimer = env.timer('enduser_setup.scan', () => this.#scan());
    this.#checkTimer = env.timer('enduser_setup.check', () => this.#check());
    this.#shutdownTimer = env.timer('enduser_setup.stop', () => this.stop());
    this.#http = new PortalHttp({
      page: () => host.page(),
      status: () => statusAnswer({ ...host.station, status: this.#status }),
      statusJson: () => this.#statusJson(),
      takeCredentials: (text) => this.#takeCredentials(text),
      saveForm: (body) => this.#saveForm(body),
      connecting: () => this.#connecting,
      takesForms: host.takesForms,
      scan: (done) => host.scan(done),
      failed: (message) => host.failed(SETUP_ERR.UNKNOWN, message),
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** enduser_setup.start. A portal that runs already, or a port that is taken, ends it without a word. */
  start(ssid: string | undefined): void {
    this.#address = '';
    if (this.#running) {
      this.stop();
      return;
    }
    this.#running = true;
    this.#ssid = ssid;
    this.#channel = 1;
    this.#success = false;
    this.#told = false;
    this.#lastStatus = 0;
    this.#connecting = false;
    if (this.manual) this.#checkTimer.arm(CHECK_MS, true);
    else {
      this.#host.setMode(STATION | this.#host.mode);
      this.#scan();
    }
    if (!this.#startDns() || !this.#http.start(this.#env.stack)) this.stop();
  }

  /** enduser_setup.stop. */
  stop(): void {
    const host = this.#host;
    if (!this.manual) host.setMode(host.mode & ~SOFTAP);
    if (this.#running && this.#success && !this.#told) {
      host.setMode(STATION | host.mode);
      host.connect();
      host.connected();
    }
    this.#dns?.delete();
    this.#dns = undefined;
    this.#http.stop();
    this.#scanTimer.disarm();
    this.#checkTimer.disarm();
    this.#shutdownTimer.disarm();
    this.#running = false;
  }

  /**
   * The chip scans while its station is joining, and the attempt suffers (esp8266/Arduino issue 1140); here the scan waits
   * for the gap between two attempts. So the portal opens with credentials that are no longer good, too.
   */
  #scan(): void {
    if (!this.#host.scan((networks) => this.#scanned(networks))) this.#scanTimer.arm(RESCAN_MS, false);
  }

  /** The access point works where most of the station's networks are likely to be: there is one radio. */
  #scanned(networks: readonly PortalNetwork[]): void {
    if (!this.#running) return;
    let best = WEAKEST;
    for (const { rssi, channel } of networks) {
      if (rssi <= best) continue;
      best = rssi;
      this.#channel = channel;
    }
    this.#host.startAp(this.#ssid, this.#channel);
    this.#checkTimer.arm(CHECK_MS, true);
  }

  /** enduser_setup_check_station, every three seconds. */
  #check(): void {
    const host = this.#host;
    const { addr, status } = host.station;
    const elsewhere = host.channel !== this.#channel;
    if (addr === IPV4_ANY) {
      if (!FAILURES.includes(status)) return;
      this.#connecting = false;
      if (!elsewhere) return;
      this.#lastStatus = status;
      this.#returnToPhone();
      return;
    }
    this.#address = formatIpv4(addr);
    this.#success = true;
    this.#lastStatus = GOT_IP;
    this.#connecting = false;
    if (elsewhere) this.#returnToPhone();
    else {
      this.#told = true;
      host.connected();
    }
    // The program may have stopped it.
    if (!this.#running) return;
    this.#checkTimer.disarm();
    if (!this.manual) this.#shutdownTimer.arm(SHUTDOWN_MS, false);
  }

  /** The station took the access point to another channel: back to where the phone is. */
  #returnToPhone(): void {
    this.#host.disconnect();
    this.#host.setMode(SOFTAP);
    this.#host.startAp(this.#ssid, this.#channel);
  }

  get #status(): number {
    return this.#lastStatus > 0 ? this.#lastStatus : this.#host.station.status;
  }

  #statusJson(): string {
    const status = this.#status;
    if (status !== GOT_IP) return statusJsonAnswer(status, hex6(this.#host.chipId));
    if (this.#address === '') this.#address = formatIpv4(this.#host.station.addr);
    return statusJsonAnswer(status, this.#address);
  }

  #takeCredentials(text: string): boolean {
    this.#success = false;
    this.#lastStatus = 0;
    const credentials = readCredentials(text);
    if (credentials === undefined) return false;
    this.#host.post(() => {
      if (!this.#running) return;
      this.#connecting = true;
      this.#host.configure(credentials);
    });
    return true;
  }

  #saveForm(body: string): void {
    const text = paramsFile(body);
    if (text !== undefined) this.#host.saveParams(text);
  }

  #startDns(): boolean {
    const socket = new EspconnUdpLayer(this.#env.stack).socket();
    socket.localPort = DNS_PORT;
    socket.received = (query) => this.#answerName(socket, query);
    this.#dns = socket;
    return socket.create() === ESPCONN.OK;
  }

  #answerName(socket: EspconnUdp, query: Uint8Array): void {
    if ((this.#host.mode & SOFTAP) === 0) {
      this.stop();
      return;
    }
    socket.turnToSender();
    const sent: LwipErr | number = socket.send(catchAllAnswer(query, this.#host.apAddress));
    if (sent === ERR.OK) return;
    if (sent === ESPCONN.IF)
      this.#host.failed(SETUP_ERR.UNKNOWN, '1880: \tdns_recv_callback failed. Send UDP data failed');
    else if (sent === ESPCONN.MAXNUM)
      this.#host.failed(SETUP_ERR.MAX_NUMBER, '1876: \tdns_recv_callback failed. Buffer full. Discarding...');
    else this.stop();
  }
}

const hex6 = (id: number): string => id.toString(16).toUpperCase().padStart(6, '0');
