"""A distant host: passes every packet for 10.99.0.2 back to 10.99.0.1 of this machine, half a round trip later each way.

    unshare -rn sh -c 'ip link set lo up; python3 bench/distance.py 80 & ...'

A server on 10.99.0.1:PORT is then reached at 10.99.0.2:PORT as if it were that many milliseconds of round trip away, the
handshake of TCP included, which a proxy on the loopback would answer at once. Needs /dev/net/tun; meant for a network
namespace of its own, from which no packet can leave. Ends with its standard input.
"""
import fcntl
import heapq
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001

delay = float(sys.argv[1]) / 2000
device = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(device, TUNSETIFF, struct.pack('16sH', b'distance', IFF_TUN_NO_PI))
for command in ('ip addr add 10.99.0.1/24 dev distance', 'ip link set distance mtu 1500 txqueuelen 5000 up'):
    subprocess.run(command.split(), check=True)
print('ready', flush=True)

due = []  # (when, number, packet)
number = 0
while True:
    wait = max(0, due[0][0] - time.monotonic()) if due else None
    readable, _, _ = select.select([device, sys.stdin], [], [], wait)
    if sys.stdin in readable and not sys.stdin.read(1):
        sys.exit()
    if device in readable:
        try:
            while True:
                packet = os.read(device, 2048)
                # Source and destination change places; the checksums, being sums, stay right.
                if packet[0] >> 4 == 4 and packet[16:20] == bytes((10, 99, 0, 2)):
                    number += 1
                    swapped = packet[:12] + packet[16:20] + packet[12:16] + packet[20:]
                    heapq.heappush(due, (time.monotonic() + delay, number, swapped))
        except BlockingIOError:
            pass
    while due and due[0][0] <= time.monotonic():
        os.write(device, heapq.heappop(due)[2])
