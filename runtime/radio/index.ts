export { AccessPoint, type AccessPointOptions, ANY_SSID, type ApClient } from './access-point.ts';
export { Medium } from './medium.ts';
export { AUTH_MODE, type AuthMode, REASON, STATUS } from './reasons.ts';
export { type FaultEffect, type FaultMatch, type FaultOptions, type FaultRule, FaultRules } from './rules.ts';
export { Station, type StationOptions, type StationState } from './station.ts';
export type {
  AccessPointHandlers,
  AirTap,
  JoinOptions,
  Network,
  Position,
  RadioEnv,
  ScanOptions,
  ScanResult,
  StationHandlers,
} from './types.ts';
export { WPS_WALK_TIME, type WpsOffer, type WpsOutcome } from './wps.ts';
