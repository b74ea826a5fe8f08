# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Probes of memory that the kernel keeps for a process outside of what is the process's own."""

from autograder.doctor.probe import LANDLOCK, LIMITS, SECCOMP, Probe

_CALLS = (SECCOMP,)
_MAP = (
    "libc.mmap.restype = ctypes.c_void_p\n"
    "libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]\n"
    "def map(at, size=4096, flags=0x100022):\n"
    "    place = libc.mmap(at, size, 3, flags, -1, 0)\n"
    "    return place if place not in (None, (1 << 64) - 1) else 0\n"
)

KERNEL_MEMORY = (
    Probe(
        "enlarge the buffers of sockets and pipes",
        "a, b = socket.socketpair()\near, mouth = os.pipe()\n"
        "won = any_of(lambda: a.setsockopt(1, 7, 1 << 22), lambda: a.setsockopt(1, 8, 1 << 22),"
        " lambda: a.setsockopt(1, 32, 1 << 22), lambda: fcntl.fcntl(mouth, 1031, 1 << 20))",
        _CALLS,
    ),
    Probe(
        "keep 32 MB in sockets",
        "kept = []\nheld = 0\ntry:\n"
        "    while held < 1 << 25:\n"
        "        for end in socket.socketpair():\n"
        "            kept.append(end)\n            end.setblocking(False)\n"
        "            try: end.setsockopt(1, 7, 1 << 22)\n            except OSError: pass\n"
        "            try:\n"
        "                while True: held += end.send(bytes(1 << 16))\n"
        "            except BlockingIOError: pass\n"
        "except OSError: pass\n"
        "won = held >= 1 << 25",
        (SECCOMP, LIMITS),
        level=1,
    ),
    Probe(
        "put descriptors in flight and forget them",
        "a, b = socket.socketpair()\near, mouth = os.pipe()\n"
        "won = any_of(lambda: socket.send_fds(a, [b'x'], [ear, mouth]))",
        _CALLS,
    ),
    Probe(
        "lend pages to a pipe and unmap them",
        "ear, mouth = os.pipe()\nf = open('mine', 'wb+')\nf.write(bytes(4096))\nf.flush()\n"
        "room = ctypes.create_string_buffer(4096)\n"
        "won = any_of(lambda: call('vmsplice', mouth, struct.pack('QQ', ctypes.addressof(room), 4096), 1, 0),"
        " lambda: os.sendfile(mouth, f.fileno(), 0, 4096),"
        " lambda: call('splice', f.fileno(), bytes(8), mouth, 0, 64, 2),"
        " lambda: call('tee', ear, mouth, 1, 2))",
        _CALLS,
    ),
    Probe(
        "have the kernel keep rules and filters",
        "allow = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0x7FFF0000), 8)\n"
        "filter = ctypes.create_string_buffer(struct.pack('H6xQ', 1, ctypes.addressof(allow)), 16)\n"
        "won = any_of(lambda: call('landlock_create_ruleset', struct.pack('QQQ', 1, 3, 0), 24, 0),"
        " lambda: call('seccomp', 1, 0, struct.pack('H6xQ', 1, ctypes.addressof(allow))),"
        " lambda: call('prctl', 22, 2, ctypes.addressof(filter), 0, 0))",
        _CALLS,
    ),
    Probe(
        "keep memory by a file without a name, by keys, by rings",
        "won = any_of(lambda: call('memfd_create', b'x', 0), lambda: call('memfd_secret', 0),"
        " lambda: call('add_key', b'user', b'x', b'y' * 99, 99, -3), lambda: call('keyctl', 1, 0),"
        " lambda: call('io_uring_setup', 4096, bytes(120)), lambda: call('userfaultfd', 0x80001))",
        _CALLS,
    ),
    Probe(
        "queue signals and timers by the thousand",
        "won = False\nplace = ctypes.create_string_buffer(8)\nmade = 0\n"
        "while made < 2000 and libc.timer_create(1, 0, place) == 0: made += 1\n"
        "won = made >= 2000",
        (LIMITS,),
        level=1,
    ),
    Probe(
        "keep 500 MB in tables of pages beside 120 MB of its own",
        _MAP + "made, own = 0, b'x' * (120 << 20)\n"
        "while made < 200_000 and (place := map((1 << 44) + made * (1 << 30))):\n"
        "    ctypes.c_char.from_address(place).value\n    made += 1\n"
        "time.sleep(4)\nwon = made > 8000",
        (LIMITS,),
        level=1,
    ),
    Probe(
        "keep tables of pages that are mapped at once and only looked at",
        _MAP + "size = 64 << 20\nplaces = []\n"
        "while len(places) < 64 and (place := map((1 << 44) + len(places) * (1 << 30), size)):\n"
        "    places.append(place)\n"
        "for place in places:\n    for step in range(0, size, 1 << 21): ctypes.c_char.from_address(place + step).value\n"
        "won = [line for line in open('/proc/self/status') if line.startswith('VmPTE') and int(line.split()[1]) > 300_000]",
        (LIMITS,),
        level=1,
    ),
    Probe(
        "keep shared memory by its first page",
        _MAP + "won = [kind for kind in (0x21, 0x23, 0x100021) if map(0, 1 << 20, kind)]",
        _CALLS,
    ),
    Probe(
        "keep pages of /dev/zero by the first",
        "won = any_of(*[lambda k=k: mmap.mmap(os.open('/dev/zero', k), 1 << 20, prot=mmap.PROT_READ)"
        " for k in (os.O_RDWR, os.O_RDONLY)])",
        (LANDLOCK,),
    ),
    Probe(
        "fill pipes of packets",
        "kept = []\nheld = 0\ntry:\n"
        "    while held < 1 << 25:\n"
        "        ear, mouth = os.pipe2(os.O_NONBLOCK | os.O_DIRECT)\n        kept += [ear, mouth]\n"
        "        any_of(lambda: fcntl.fcntl(mouth, 1031, 1 << 20))\n"
        "        try:\n            while True: held += os.write(mouth, bytes(4096))\n"
        "        except BlockingIOError: pass\n"
        "except OSError: pass\n"
        "won = held >= 1 << 23",
        (SECCOMP, LIMITS),
    ),
    Probe(
        "fill sockets byte by byte, and by single large messages",
        "kept = []\ntry:\n"
        "    while True:\n"
        "        for n, end in enumerate(socket.socketpair()):\n"
        "            end.setblocking(False)\n            kept.append(end)\n"
        "            try:\n                while True: end.send(bytes(1 << 20 if n else 1))\n"
        "            except BlockingIOError: pass\n"
        "except OSError: pass\n"
        "held = sum(struct.unpack('9I', end.getsockopt(1, 55, 36))[2] for end in kept)\n"
        "won = held > 20 << 20",
        (LIMITS,),
        level=1,
    ),
    Probe(
        "keep messages in sockets that are closed",
        "a, b = socket.socketpair()\nkept = []\n"
        "won = any_of(lambda: [socket.send_fds(a, [b'x' * 9], [end.fileno() for end in socket.socketpair()])"
        " for _ in range(300)], lambda: [a.sendmsg([b'x'], [(1, 1, struct.pack('i', a.fileno()))]) for _ in range(9)])",
        _CALLS,
    ),
    Probe(
        "attach programs and zero copies to sockets",
        "a, b = socket.socketpair()\n"
        "allow = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0xFFFFFFFF), 8)\n"
        "program = struct.pack('H6xQ', 1, ctypes.addressof(allow))\n"
        "won = any_of(lambda: a.setsockopt(1, 26, program), lambda: a.setsockopt(1, 50, struct.pack('i', 3)),"
        " lambda: a.setsockopt(1, 60, 1), lambda: a.setsockopt(1, 42, 1), lambda: a.setsockopt(1, 33, 1 << 24))",
        _CALLS,
    ),
    Probe(
        "hold more than 64 descriptors",
        "kept = []\ntry:\n"
        "    while len(kept) < 4096: kept += [os.open('/dev/null', 0), os.dup(2), *os.pipe(), os.eventfd(0)]\n"
        "except OSError: pass\n"
        "won = max(kept) >= 64 or any_of(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096)),"
        " lambda: os.dup2(1, 64), lambda: fcntl.fcntl(1, 0, 64))",
        (LIMITS,),
        level=1,
    ),
    Probe(
        "lock byte after byte, so that the kernel keeps a list",
        "fd = os.open('mine', os.O_CREAT | os.O_RDWR)\n"
        "for at in range(0, 4000, 2): fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)\n"
        "for at in range(0, 4000, 2): fcntl.fcntl(fd, 37, struct.pack('hhqqi4x', 1, 0, at, 1, 0))\n"
        "told = fcntl.fcntl(os.open('mine', os.O_RDWR), 36, struct.pack('hhqqi4x', 1, 0, 0, 0, 0))\n"
        "won = struct.unpack('hhqqi4x', told)[0] != 2",
        _CALLS,
    ),
    Probe(
        "queue signals to itself",
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(34, 64))\n"
        "for _ in range(3000):\n    for number in (34, 50, 60): os.kill(os.getpid(), number)\n"
        "won = [l for l in open('/proc/self/status') if l.startswith('SigQ') and int(l.split()[1].split('/')[0]) > 1000]",
        (LIMITS,),
        level=1,
    ),
    Probe(
        "pin memory",
        "place = mmap.mmap(-1, 1 << 20)\nat = ctypes.addressof(ctypes.c_char.from_buffer(place))\n"
        "won = any_of(lambda: call('mlock', at, 1 << 20), lambda: call('mlock2', at, 1 << 20, 1),"
        " lambda: call('mlockall', 3), lambda: call('mlockall', 4))",
        (LIMITS,),
        level=1,
    ),
    Probe(
        "name its mappings at length",
        "place = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE)\nat = ctypes.addressof(ctypes.c_char.from_buffer(place))\n"
        "name = ctypes.create_string_buffer(b'x' * 70)\n"
        "won = any_of(lambda: call('prctl', 0x53564D41, 0, at, 4096, ctypes.addressof(name)))",
        _CALLS,
    ),
    Probe(
        "keep files in memory that have no folder",
        "won = any_of(*[lambda k=k: call('memfd_create', b'x', k) for k in (0, 1, 2, 4, 8)],"
        " lambda: call('memfd_secret', 0),"
        " lambda: call('shmget', 0, 1 << 20, 0o1600), lambda: call('mq_open', b'made', 0o102, 0o600, 0),"
        " lambda: call('semget', 0, 32_000, 0o1600), lambda: call('msgget', 0, 0o1600))",
        (SECCOMP,),
    ),
)
