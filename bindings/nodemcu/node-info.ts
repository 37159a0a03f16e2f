/** `node.info`: what the build and the chip say about themselves. Firmware: app/modules/node.c node_info */
import { builtNames, type Device, moduleList, NUMBER_TYPE } from '../../runtime/device/index.ts';
import { type LuaCall, multi, record } from '../../runtime/vm/index.ts';
import type { LuaResult } from './lua.ts';
import { lfsConfig } from './node-lfs.ts';

const GROUPS = ['lfs', 'hw', 'sw_version', 'build_config', 'legacy'] as const;
const FLASH_MODE = 2; // DIO
const FLASH_SPEED = 40_000_000;

export function info(device: Device, chipId: number, call: LuaCall): LuaResult {
  const { profile } = device;
  const { build } = profile;
  const flashKb = profile.flashBytes / 1024;
  const { nodeOf2020 } = device.era;
  switch (nodeOf2020 ? GROUPS[call.checkOption(1, 'legacy', GROUPS)] : 'legacy') {
    case 'lfs':
      return record(lfsConfig(device));
    case 'hw':
      return record({
        chip_id: chipId,
        flash_id: profile.flashId,
        flash_size: flashKb,
        flash_mode: FLASH_MODE,
        flash_speed: FLASH_SPEED,
      });
    case 'sw_version':
      return record({
        node_version_major: build.versionMajor,
        node_version_minor: build.versionMinor,
        node_version_revision: build.revision,
        git_branch: build.branch,
        git_commit_id: build.commit,
        git_release: build.release,
        git_commit_dts: build.commitDts,
      });
    case 'build_config':
      return record({
        ssl: profile.ssl,
        lfs_size: device.lfs.bytes,
        modules: moduleList(builtNames(device.modules)),
        number_type: NUMBER_TYPE[profile.lua],
      });
    default:
      if (nodeOf2020) device.deprecated('node.info() without parameter', 'in the next version');
      return multi(
        build.versionMajor,
        build.versionMinor,
        build.revision,
        chipId,
        profile.flashId,
        flashKb,
        FLASH_MODE,
        FLASH_SPEED,
      );
  }
}
