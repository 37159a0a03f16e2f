"""A TAP interface in the current network namespace, its frames on stdin and stdout, each behind a 4-byte big-endian length.

Usage: tap.py NAME ADDRESS/PREFIX. Ends when stdin ends; the interface goes with the process.
"""
import fcntl
import ipaddress
import os
import struct
import subprocess
import sys
import threading

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000

name, address = sys.argv[1:]
tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
# No IPv6 chatter: what the tests see is what they asked for.
with open("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % name, "w") as switch:
    switch.write("1")
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["ip", "addr", "add", address, "dev", name], check=True)
subprocess.run(["ip", "link", "set", name, "up"], check=True)
# The kernel waits 200 ms and more before it repeats; on a wire of 10 ms that only makes a lossy test long.
network = str(ipaddress.ip_interface(address).network)
subprocess.run(["ip", "route", "change", network, "dev", name, "rto_min", "40ms"], check=True)

# Where a fifth of all frames is lost both ways, its patience would double until the next try is minutes away, or end.
for setting, value in {
    "tcp_thin_linear_timeouts": 1,
    "tcp_syn_retries": 20,
    "tcp_synack_retries": 20,
    "neigh/%s/mcast_solicit" % name: 20,
}.items():
    with open("/proc/sys/net/ipv4/" + setting, "w") as knob:
        knob.write(str(value))


def outgoing():
    out = sys.stdout.buffer
    while True:
        frame = os.read(tap, 65535)
        out.write(struct.pack(">I", len(frame)) + frame)
        out.flush()


threading.Thread(target=outgoing, daemon=True).start()
sys.stdout.buffer.write(struct.pack(">I", 0))
sys.stdout.buffer.flush()
source = sys.stdin.buffer
while True:
    head = source.read(4)
    if len(head) < 4:
        break
    frame = source.read(struct.unpack(">I", head)[0])
    os.write(tap, frame)
