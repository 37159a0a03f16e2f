/** What `mcubox test --help` says. */
export const HELP_TEST = `Usage:
  mcubox test [options] [PATHS]   run the tests in these files and folders (default: here); TAP 14 on stdout

Tests are found by name:
  X.lua with X.expect      the console X.lua leaves behind; {{any}} and {{/re/}} stand for what varies in a line.
                           A comment in its first lines may name the command: mcubox run X.lua --ap home
  X.scenario.yaml          steps over devices, access points, hosts and time; schema: cli/test/scenario.schema.json
  multi_X.lua              several devices in one file: device N runs instanceN() when the one before has called
                           multitest.next(); also multitest.globals{}, .broadcast(text), .wait(text, f); multi_X.expect
                           has their consoles, each below --- instanceN ---
  NTest_X.lua              the firmware's own test library, unmodified (NTest.lua beside it, in NTest/, or --lib)
  X_spec.lua               busted's describe and it; test_X.lua, X_test.lua: luaunit; both with small libraries of ours
                           (--lib luaunit.lua runs luaunit's own instead, on a build with Lua 5.3)

Steps of a scenario (device: or host: beside one says which; within: how long it may take):
  console    wait-serial, write-serial, expect-console           flash, heap  expect-file, expect-heap
  pins       set-control, expect-pin, wps-button, smartconfig    power        restart, kill, power-cycle
  network    http, tcp, udp, ping, dns, mqtt, phone, expect-connect, expect-frame, expect-conversation
  air        ap-down, ap-up, deauth, rssi, loss, latency, dhcp-silence, fault
  the rest   delay, let-idle, clock, service

Options:
  --filter TEXT            only tests with TEXT in their path; /.../ is a regular expression
  --update                 write .expect and other golden files anew; holes stay where they fit
  --seed N, --seeds A..B   this seed, or the same tests under many; without it each test's own (default 1)
  --explore N              each test under N random schedules of faults as well; what fails is shrunk to the fewest
                           faults that matter and printed as steps of a scenario
  --faults drop,delay,duplicate,split,ap-down,restart
                           which of them --explore tries (default: all)
  --coverage               which lines of the scripts ran: a table, and coverage/lcov.info
  --save-capsule DIR       for each test that fails a file with all it needs to fail again; mcubox replay FILE does
  --reporter junit=FILE    JUnit XML as well
  --lib HOST[:NAME]        one more file on the flash of Lua tests (repeatable)
  --watch                  again after each change, until Ctrl-C
  -j, --jobs N             processes (default: one per core)
  -h, --help               this text

With GITHUB_ACTIONS=true failures are also printed as annotations of GitHub Actions.

Exit codes: 0 all passed, 1 a test failed, 2 a test or the command cannot be understood, 42 only time ran out.

Examples:
  mcubox test lua-examples
  mcubox test --seeds 1..100 --filter http
  mcubox test --update lua-examples/blink.lua
  mcubox test --explore 200 lua-examples/http-server.scenario.yaml
`;
