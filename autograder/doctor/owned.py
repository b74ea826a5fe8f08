"""Probes of what the owner of a file may do with it, and of memory that the kernel keeps for a process."""

from autograder.doctor.probe import LIMITS, SECCOMP, Probe

_CALLS = (SECCOMP,)
# Each tries on a file of its own what an ordinary user could do with every library that it owns.
_MINE = "open('mine', 'w').write('x')\nfd = os.open('mine', os.O_RDONLY)\n"

OWNED = (
    Probe(
        "lease a file, so that whoever opens it waits",
        _MINE + "won = any_of(lambda: fcntl.fcntl(fd, 1024, 1), lambda: fcntl.fcntl(fd, 1024, 0),"
        " lambda: call('fcntl', os.open('mine', 1), 1024, 1))",
        _CALLS,
    ),
    Probe(
        "be told of every change in a folder",
        "won = any_of(lambda: fcntl.fcntl(os.open('.', 0), 1026, 0x80000007),"
        " lambda: call('inotify_init1', 0), lambda: call('fanotify_init', 0x200, 0))",
        _CALLS,
    ),
    Probe(
        "give a descriptor an owner or a signal",
        _MINE + "ear, mouth = os.pipe()\n"
        "won = any_of(lambda: fcntl.fcntl(ear, 8, os.getpid()), lambda: fcntl.fcntl(fd, 10, 9),"
        " lambda: fcntl.fcntl(ear, 15, struct.pack('ii', 0, os.getpid())),"
        " lambda: fcntl.fcntl(ear, 4, 0x2000), lambda: fcntl.ioctl(ear, 0x5452, struct.pack('i', 1)))",
        _CALLS,
    ),
    Probe(
        "change flags, verity, version of a file by ioctl",
        _MINE + "won = any_of(lambda: fcntl.ioctl(fd, 0x40086602, struct.pack('l', 0x80)),"
        " lambda: fcntl.ioctl(fd, 0x401C5820, bytes(28)), lambda: fcntl.ioctl(fd, 0x40087602, bytes(8)),"
        " lambda: fcntl.ioctl(fd, 0x40086685, struct.pack('IIIIQIIQ11Q', 1, 1, 4096, *[0] * 16)))",
        _CALLS,
    ),
    Probe(
        "say how long a file will live, seal it",
        _MINE + "won = any_of(lambda: fcntl.fcntl(fd, 1036, struct.pack('Q', 2)),"
        " lambda: fcntl.fcntl(fd, 1038, struct.pack('Q', 2)), lambda: fcntl.fcntl(fd, 1033, 1))",
        _CALLS,
    ),
    Probe(
        "set times by descriptor, by path, by folder",
        "fd = os.open('mine', os.O_CREAT | os.O_RDWR)\nbefore = os.fstat(fd).st_mtime_ns\n"
        "times = struct.pack('4q', 1, 0, 1, 0)\n"
        "any_of(lambda: os.utime(fd, (1, 1)), lambda: call('utimensat', fd, 0, times, 0),"
        " lambda: os.utime('mine', (1, 1)), lambda: os.utime(T['open'], (1, 1), follow_symlinks=False),"
        " lambda: os.utime('open.txt', (1, 1), dir_fd=os.open(T['everybody'], os.O_PATH)))\n"
        "won = os.fstat(fd).st_mtime_ns != before",
        _CALLS,
    ),
    Probe(
        "find a file by its handle",
        "won = any_of(lambda: call('name_to_handle_at', -100, b'/usr', struct.pack('Ii', 128, 0) +"
        " bytes(128), bytes(8), 0), lambda: call('open_by_handle_at', -100, bytes(136), 0))",
        _CALLS,
    ),
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
)
