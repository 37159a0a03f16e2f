/** What `mcubox --help` says: the words of the manual, short enough for one screen each. */
import { readFileSync } from 'node:fs';

export const HELP = `mcubox: a virtual NodeMCU (ESP8266). Runs unmodified Lua scripts over real packets, under a virtual clock.

Usage:
  mcubox run [options] FILE.lua   put FILE on the device's flash and run it right after boot
  mcubox run [options] DIR        DIR is the device's flash; boots its init.lua
  mcubox run -e 'CODE'            type CODE at the device's console after boot
  mcubox test [options] [PATHS]   run the tests of scripts: golden consoles, scenarios, Lua tests
  mcubox repl [options] [DIR]     a device and its console in this terminal; Ctrl-] quits
  mcubox lint [--firmware X] DIR  which firmware releases a folder of scripts fits, and the lines that decide it
  mcubox lfs DIR -o FILE          compile scripts into an image for the Lua Flash Store (run --lfs FILE)
  mcubox replay FILE              a run of --record again, without the outside, or a test that failed, from its capsule
  mcubox play [DIR]               the playground in your browser, with DIR as the flash; --net ties it to this computer
  mcubox modules                  every module and function: as the firmware, approximated, or not built
  mcubox help COMMAND             all options of a command, with examples
  mcubox --version

Try:
  mcubox run -e 'print("hello from " .. node.chipid())'
  mcubox run lua-examples/http-get.lua
`;

export const HELP_RUN = `Usage:
  mcubox run [options] FILE.lua   put FILE on the device's flash, boot, type dofile("FILE.lua") at its console
  mcubox run [options] DIR        DIR is the device's flash; boots its init.lua
  mcubox run -e 'CODE'            type CODE at the device's console after boot
  mcubox run --world FILE.toml    several devices, access points, hosts, services, faults, as the file says

What the device's UART sends goes to stdout unchanged; mcubox's own messages go to stderr.
The default network is 192.168.1.0/24 with a router at .1, leases from .50, and an access point that answers to any
name and password. http.test, echo.test and discard.test are there without set-up; a script reaches nothing real.

Device:
  -e, --eval CODE          type CODE at the console after boot (repeatable)
  --file HOST[:NAME]       one more file on the flash (repeatable)
  --compile                NAME.lc beside every NAME.lua but init.lua, as uploaders make it
  --flash FILE             keep the device's flash in FILE; FILE.lua and DIR are added to what is there
  --export DIR             at the end the files of the flash are put into DIR
  --lfs SIZE|FILE          a partition for the Lua Flash Store (64K to 256K), or one that holds the image FILE
  --heap N                 free heap after boot in bytes, such as 20000 or 20K
  --heap-profile           at the end the ten biggest holders of the heap, by line, on stderr
  --lua 5.1|5.3|5.3-64     the language build (default 5.1); 5.3 has 32-bit integers and single floats, 5.3-64 64-bit
                           integers and doubles
  --firmware 3.0|2.2|1.5   whose API and behaviour: 3.0-release of 2024 (default), 2.2.1-master_20181207, 1.5.4.1

Hardware:
  --attach KIND[:name=value,...]
                           wire a part to the device (repeatable); what it shows is said on stderr at the end
                           button:pin=3,press=2s+5s[,hold=100ms]             led:pin=4[,active=0]
                           dht11, dht22:pin=2,temperature=23.5,humidity=45   ds18b20:pin=3,temperature=21
                           hx711:clock=5,data=6,value=12345                  wiegand:d0=1,d1=2,card=1234[,at=2s]
                           on I2C, at any pins or at sda=,scl=, some with address=:
                           bme280, bme680, bmp085, am2320, si7021, hdc1080[:temperature=,pressure=,humidity=],
                           tsl2561[:lux=], tcs34725[:red=,green=,blue=], adxl345, l3g4200d, hmc5883l[:x=,y=,z=],
                           ads1115, ads1015[:a0=1.5],
                           mcp4725, pcf8574[:inputs=255], ssd1306[:png=FILE], i2c:address=104,0x00=21
                           on SPI: ili9341, st7735:cs=8,dc=4[,png=FILE], ssd1306:cs=8,dc=4, xpt2046:cs=8,irq=2[,x=,y=]
                           ws2812, apa102, ws2801, tm1829[:leds=8]
  --vcd FILE               what the device drives its pins to, for PulseView or GTKWave

When it ends:
  --for TIME               stop after so much device time
  --expect-text TEXT       exit 0 as soon as the console prints TEXT; /.../ is a regular expression
  --fail-text TEXT         exit 1 as soon as the console prints TEXT
  --timeout TIME           exit 42 when the run has not ended after so much device time
  --timeout-exit-code N    another code than 42
  Without these the run ends when nothing can wake the script any more; a server, a repeating timer or an open
  connection keeps it going in real time until Ctrl-C.

Time and chance:
  --pace max|real|N        as fast as it goes (default), by the wall clock, or N times as fast
  --seed N                 decides every chance (default 1); the same seed gives the same bytes

Network:
  --ap SSID[,password=...][,channel=...][,bssid=...]
                           an access point in range instead of the default one (repeatable)
  --blank-wifi             no station configuration in flash; without it the device joins at boot
  --world FILE.toml        [[device]] name, flash, files, run, type, station, lua, firmware, parts, pins; [[ap]] ssid,
                           password, channel, bssid, rssi; [[host]] name, ip, serve, listen; [[fault]] from, for and
                           what goes wrong; seed; router, the address of the router, by default 192.168.1.1: the LAN
                           is its 256 addresses. With several devices each line has its name in front: kitchen| text
                           --hostfwd takes their names. Not with it: --vcd, and what the file says itself
  --pcap FILE              capture of the LAN for Wireshark, virtual timestamps; FILE.pcapng: each frame of a script
                           has the line of Lua that sent it as comment, and Wireshark reads TLS without further ado
  --keylog FILE            the keys of the device's TLS sessions (SSLKEYLOGFILE), for a capture that is no .pcapng
  --trace FILE             Lua, frames and what led to what on one time axis, for ui.perfetto.dev
  --loss 5% --delay 20ms --jitter 5ms --dup 1% --reorder 1% --corrupt 1%
                           faults on the air

The real world (off unless asked for; then paced by the wall clock):
  --net user[,hostfwd=tcp:[ADDR]:PORT-[GUEST]:PORT][,restrict=yes][,allow=HOST:PORT[,...]][,dns=ADDR]
                           a gateway through this computer's sockets; its loopback is host.mcubox.test
  --hostfwd tcp::8080-:80  only a forward: a port of this computer leads to the device (tcp or udp)
  --net socket,listen=[HOST]:PORT | stream,... | dgram,...
                           the LAN as raw Ethernet for QEMU, passt or a TAP, in QEMU's words
  --record FILE            keep what comes from outside; mcubox replay FILE repeats the run without it
  --serial pty[:LINK]      the console as a pseudo terminal as well (made by socat), named LINK
  --serial tcp:PORT, --serial rfc2217:PORT
                           the console as a TCP port as well
  --explain                say on stderr when the script steps into a known trap of the firmware
  -h, --help               this text
TIME is device time: 250ms, 5s, 10m, 24h; a bare number is milliseconds.

Exit codes: 0 done, 1 the script or an expectation failed, 2 wrong usage, 42 timeout.

Examples:
  mcubox run lua-examples/http-get.lua --pcap out.pcap
  mcubox run --attach dht22:pin=2,temperature=23.5,humidity=45.5 lua-examples/dht.lua
  mcubox run site/ --expect-text 'listening' --timeout 30s
  mcubox run --loss 10% --seed 7 lua-examples/upload.lua
  mcubox run --ap home,password=secret123,channel=11 --blank-wifi lua-examples/wifi-events.lua
  mcubox run -e 'tmr.create():alarm(1000, tmr.ALARM_AUTO, function() print(tmr.time()) end)' --for 1h
`;

/** The version of the package this file belongs to, as source or as bundle. */
export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
      if (name === 'mcubox') return version;
    } catch {
      // The other place.
    }
  }
  return 'unknown';
}
