/**
 * Names of the firmware's releases that are not simulated: modules for other hardware or services, whose functions say so
 * when they are called, and names that only special builds have. A module that is built is taken from its own table.
 */
import type { Lifetime, LuaModule } from '../../runtime/device/index.ts';
import { Dated, defineModule, type LuaEntry, type TableSpec, todo } from './lua.ts';

/**
 * One module a line: its name, when it exists (`>=` the first release, `<=` the last one), `*` if its members depend on
 * the configuration of a build; then its functions with `()`, its constants, and when they exist if that differs.
 * Of the displays, which are built, the functions of the default configuration (include/u8g2_displays.h, ucg_config.h);
 * they stand here because other configurations have other displays and fonts.
 */
const MODULES = `
dcc>=3.0: CV_ACK_COMPLETE CV_READ CV_RESET CV_VALID CV_WRITE DCC_ACCESSORY DCC_FUNC DCC_IDLE DCC_RAW DCC_RESET
  DCC_SERVICEMODE DCC_SPEED DCC_SPEED_RAW DCC_TURNOUT FLAGS_AUTO_FACTORY_DEFAULT FLAGS_DCC_ACCESSORY_DECODER
  FLAGS_MY_ADDRESS_ONLY FLAGS_OUTPUT_ADDRESS_MODE MAN_ID_DIY MAN_ID_JMRI MAN_ID_SILICON_RAILWAY close() setup()
ds18b20>=2.2<=2.2: read() setting() setup()
gdbstub: brk() gdboutput() open()>=2.2 pbrk()>=3.0
rc<=2.2: send()
sqlite3>=2.2<=2.2: backup_init() complete() lversion() open() open_memory() open_ptr() temp_directory() version()
u8g<=1.5*: DRAW_ALL DRAW_LOWER_LEFT DRAW_LOWER_RIGHT DRAW_UPPER_LEFT DRAW_UPPER_RIGHT MODE_BW MODE_GRAY2BIT fb_rle()
u8g2>=2.2*: ssd1306_i2c_128x64_noname() ssd1306_128x64_noname() DRAW_ALL DRAW_LOWER_LEFT DRAW_LOWER_RIGHT
  DRAW_UPPER_LEFT DRAW_UPPER_RIGHT MIRROR R0 R1 R2 R3
ucg*: ili9341_18x240x320_hw_spi() st7735_18x128x160_hw_spi() DRAW_ALL DRAW_LOWER_LEFT DRAW_LOWER_RIGHT
  DRAW_UPPER_LEFT DRAW_UPPER_RIGHT FONT_MODE_SOLID FONT_MODE_TRANSPARENT
`;

/** Members of built modules that need a switch of user_config.h or another file system. */
const SPECIAL_BUILDS = `
file: chdir() mount()
hx711: status()>=3.0
net: cert.auth() cert.verify()
node: osprint() float2int()>=3.0 int2float()>=3.0 readrcr()>=3.0 startupcounts()>=3.0 writercr()>=3.0
tls: setDebug()>=2.2
switec: dequeue()
tmr: resume()>=2.2<=2.2 suspend()>=2.2<=2.2 resume_all()>=2.2 suspend_all()>=2.2
wifi: monitor.channel()>=2.2 monitor.start()>=2.2 monitor.stop()>=2.2
`;

/** The year in which a name that is gone left the firmware, by `module` or `module.name`. */
const LEFT: Readonly<Record<string, number>> = {
  ds18b20: 2019,
  rc: 2020,
  sqlite3: 2020,
  'tmr.resume': 2019,
  'tmr.suspend': 2019,
  u8g: 2017,
};

interface Member {
  readonly name: string;
  readonly isFunction: boolean;
  readonly lifetime: Lifetime | undefined;
}

/** A line of the tables above. */
export interface UnbuiltModule {
  readonly name: string;
  readonly lifetime: Lifetime | undefined;
  /** Any name may be a member. */
  readonly open: boolean;
  readonly members: readonly Member[];
}

const RELEASES = /(?:>=(1\.5|2\.2|3\.0))?(?:<=(1\.5|2\.2|3\.0))?/;
const MODULE = new RegExp(`^(\\w+)${RELEASES.source}(\\*?):`);
const MEMBER = new RegExp(`^([\\w.]+?)(\\(\\))?${RELEASES.source}$`);

function lifetimeOf(path: string, since: string | undefined, until: string | undefined): Lifetime | undefined {
  if (since === undefined && until === undefined) return undefined;
  const left = LEFT[path];
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(left === undefined ? {} : { left }),
  } as Lifetime;
}

function parseLine(line: string): UnbuiltModule {
  const [head = '', name = '', since, until, star] = MODULE.exec(line) ?? [];
  const members = line.slice(head.length).trim().split(/\s+/);
  return {
    name,
    lifetime: lifetimeOf(name, since, until),
    open: star === '*',
    members: members.map((text) => {
      const [, member = '', call, from, to] = MEMBER.exec(text) ?? [];
      return { name: member, isFunction: call !== undefined, lifetime: lifetimeOf(`${name}.${member}`, from, to) };
    }),
  };
}

const parseTable = (text: string): readonly UnbuiltModule[] =>
  text.trim().replaceAll('\n  ', ' ').split('\n').map(parseLine);

export const UNBUILT: readonly UnbuiltModule[] = parseTable(MODULES);
export const SPECIAL: readonly UnbuiltModule[] = parseTable(SPECIAL_BUILDS);

/** A module whose functions only say that they are not there. */
export const unbuiltModule = ({ name, lifetime, members }: UnbuiltModule): LuaModule =>
  defineModule({ name, stub: true, ...(lifetime === undefined ? {} : { lifetime }) }, () => {
    const functions = (prefix: string): Record<string, LuaEntry | Dated<LuaEntry>> =>
      Object.fromEntries(
        members
          .filter((m) => m.isFunction && m.name.startsWith(prefix) && !m.name.slice(prefix.length).includes('.'))
          .map((m) => {
            const entry = todo(`${name}.${m.name}`);
            return [m.name.slice(prefix.length), m.lifetime === undefined ? entry : new Dated(entry, m.lifetime)];
          }),
      );
    const inner = new Set(members.filter((m) => m.name.includes('.')).map((m) => m.name.split('.', 1)[0] as string));
    const tables: Record<string, TableSpec> = {};
    for (const table of inner) tables[table] = { functions: functions(`${table}.`) };
    return { functions: functions(''), tables };
  });
