/** A device as an environment for protocol engines: one per boot, shared by all modules. */
import type { Device } from '../../runtime/device/index.ts';
import { Espconn, EspconnSecure, type ProtoEnv, type ProtoTimer, SecureSettings } from '../../runtime/proto/index.ts';

const KEY = 'proto';

export function protoEnvOf(device: Device): ProtoEnv {
  const known = device.shared.get(KEY) as ProtoEnv | undefined;
  if (known !== undefined) return known;
  const { clock, stack, timers } = device;
  const rng = device.rng.fork(`proto/${device.boots}`);
  const timer = (label: string, fire: () => void): ProtoTimer => timers.timer(label, fire);
  const crash = (what: string): never => device.fault(what);
  const espconn = new Espconn({ stack, rng, timer, crash });
  const secure = new EspconnSecure({
    stack,
    rng,
    timer,
    crash,
    espconn,
    settings: new SecureSettings(),
    freeHeap: () => device.freeHeap,
    note: (text) => device.events.emit('explain', text, device.clock.now()),
    secret: ({ clientRandom, master }) => device.events.emit('tlsSecret', clientRandom, master),
  });
  const env: ProtoEnv = { clock, rng, stack, espconn, secure: device.profile.ssl ? secure : undefined, timer, crash };
  device.shared.set(KEY, env);
  return env;
}
