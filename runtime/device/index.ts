export { Analog } from './analog.ts';
export { BOOT, type BootReason, banner, moduleList, NUMBER_TYPE } from './boot.ts';
export { Cpu, SOFT_WATCHDOG } from './cpu.ts';
export { Device, type DeviceEnv, type LuaModule } from './device.ts';
export { ERAS, type Era, existsIn, FIRMWARES, type Firmware, type Lifetime } from './era.ts';
export type { FlashFile } from './flash-file.ts';
export { FlashFs, type FlashPartition, type FlashUsage } from './flash-fs.ts';
export { type FlashImage, type FlashSettings, flashImage, flashSettings, setFlashImage } from './flash-image.ts';
export { Gpio, type Level, PIN_COUNT, PIN_MODE, type PinMode, type PinWatcher, type Pulses } from './gpio.ts';
export { buildLfs, DEFAULT_LFS_BYTES, LfsRegion } from './lfs.ts';
export { type DataRule, LineEditor } from './line-editor.ts';
export {
  builtNames,
  type FunctionSupport,
  type LuaMembers,
  type ModuleFacts,
  membersIn,
  type Support,
} from './modules.ts';
export { type OsTimer, OsTimers } from './os-timers.ts';
export { Pipe, type PipeLimit, type PipePiece, type PipeReader } from './pipe.ts';
export { BUILDS, type Build, DEFAULT_BUILD, DEFAULT_PROFILE, type Profile, type StationConfig } from './profile.ts';
export type { Program } from './program.ts';
export type { LuaRun } from './program-watch.ts';
export { Rtc } from './rtc.ts';
export type { SoftAp, SoftApConfig } from './soft-ap.ts';
export { PRIORITY, type Priority, TaskQueue } from './tasks.ts';
export type { DeviceEvents, StartupSettings, StaticIp, WakeSources } from './types.ts';
export { DEFAULT_UART, Uart, type UartConfig } from './uart.ts';
export {
  authModeNumber,
  type ScanOptions,
  type ScanResult,
  STATION_STATUS,
  WIFI_MODE,
  Wifi,
} from './wifi.ts';
export { WIFI_EVENT, type WifiEvent, WifiEvents, type WifiListener } from './wifi-events.ts';
export { WPS_STATUS } from './wps.ts';
