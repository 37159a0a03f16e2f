"""One TCP connection of the kernel's: sends or receives LENGTH bytes of the test pattern, prints the SHA-256 of them.

Usage: peer.py (listen|connect) ADDRESS PORT (send|receive) LENGTH
"""
import hashlib
import socket
import sys

role, address, port, direction, length = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5])


def pattern(n):
    return bytes((i ^ (i >> 8) ^ (i >> 16)) & 255 for i in range(n))


if role == "listen":
    listener = socket.create_server((address, port))
    print("ready", flush=True)
    connection, _ = listener.accept()
else:
    connection = socket.create_connection((address, port), timeout=120)
connection.settimeout(500)
digest = hashlib.sha256()
total = 0
if direction == "send":
    data = pattern(length)
    connection.sendall(data)
    digest.update(data)
    total = length
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass
else:
    while True:
        part = connection.recv(65536)
        if not part:
            break
        digest.update(part)
        total += len(part)
connection.close()
print(total, digest.hexdigest(), flush=True)
