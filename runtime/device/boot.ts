/** Why a device boots, and the banner in the firmware's form with this build's own names (lua53/lua.c print_version, user_version.h). */
import { ERAS } from './era.ts';
import type { Build, Profile } from './profile.ts';

const LUA_RELEASE = { '5.1': 'Lua 5.1.4', '5.3': 'Lua 5.3.5', '5.3-64': 'Lua 5.3.5' } as const;
/** The builds' number types as banner and node.info name them (tools/update_buildinfo.sh). */
export const NUMBER_TYPE = { '5.1': 'float', '5.3': 'float', '5.3-64': 'double' } as const;

/** What stands between the SDK's start and the first line of init.lua. */
export function banner(profile: Profile, modules: readonly string[]): string {
  const { build } = profile;
  if (!ERAS[profile.firmware].longBanner) return shortBanner(build);
  return [
    '',
    `NodeMCU ${build.versionMajor}.${build.versionMinor}.${build.revision}.0 `,
    `\tbranch: ${build.branch}`,
    `\tcommit: ${build.commit}`,
    `\trelease: ${build.release}`,
    `\trelease DTS: ${build.commitDts}`,
    `\tSSL: ${profile.ssl}`,
    `\tbuild type: ${NUMBER_TYPE[profile.lua]}`,
    `\tLFS: 0x${profile.lfsBytes.toString(16)} bytes total capacity`,
    `\tmodules: ${moduleList(modules)}`,
    ` build ${build.buildDate} powered by ${LUA_RELEASE[profile.lua]} on SDK ${build.sdk}`,
    '',
  ].join('\n');
}

/** One line, after the empty ones of user_main.c and lua.c. 1.5's version is that of its SDK, with four parts. */
function shortBanner({ versionMajor, versionMinor, revision, buildDate, sdk }: Build): string {
  const internal = versionMajor === 1 ? 1 : 0;
  const version = `${versionMajor}.${versionMinor}.${revision}.${internal}`;
  return `\n\nNodeMCU ${version} build ${buildDate} powered by ${LUA_RELEASE['5.1']} on SDK ${sdk}\n`;
}

/** The names as banner and node.info list them. */
export const moduleList = (modules: readonly string[]): string => [...modules].sort().join(',');

/** Raw RTC cause and SDK reason of a boot (spec/modules.md 1.5). */
export interface BootReason {
  readonly raw: number;
  readonly reason: number;
}

export const BOOT = {
  POWER_ON: { raw: 1, reason: 0 },
  HARDWARE_WATCHDOG: { raw: 4, reason: 1 },
  EXCEPTION: { raw: 2, reason: 2 },
  SOFT_WATCHDOG: { raw: 2, reason: 3 },
  SOFT_RESTART: { raw: 2, reason: 4 },
  DEEP_SLEEP: { raw: 2, reason: 5 },
  EXTERNAL: { raw: 2, reason: 6 },
} as const satisfies Record<string, BootReason>;
