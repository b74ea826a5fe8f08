# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Probes of what the owner of a file may do with it, and anybody who may open it, beyond reading."""

from autograder.doctor.probe import READING, SECCOMP, USER, Probe

_CALLS = (SECCOMP,)
_OWNER = (SECCOMP, USER)
# On a file of its own: what an ordinary user could do with every library that it owns.
_MINE = "open('mine', 'w').write('x')\nfd = os.open('mine', os.O_RDONLY)\n"
# On libraries. Whatever succeeds changes nothing there: locks end with the process, times and modes are set to
# what they are, which only the time of the change of status shows.
_LIBRARIES = (
    "import numpy, json\npaths = [os.__file__, numpy.__file__, json.__file__, T['python']]\n"
    "fds = [os.open(p, os.O_RDONLY) for p in paths]\n"
    "def changed(path): return os.stat(path).st_ctime_ns\n"
    "before = [changed(p) for p in paths]\n"
)
_CHANGED = "won = [p for p, b in zip(paths, before) if changed(p) != b]\n"
# Another open file of the same library asks whether a lock is in its way.
_ASK = (
    "def lock(kind): return struct.pack('hhqqi4x', kind, 0, 0, 0, 0)\n"
    "def asked(p):\n"
    "    told = fcntl.fcntl(os.open(p, os.O_RDONLY), 36, lock(1))\n"
    "    return struct.unpack('hhqqi4x', told)[0] != 2\n"
)

OWNED = (
    Probe(
        "lease a file, so that whoever opens it waits",
        _MINE + "signal.signal(29, signal.SIG_IGN)\n"
        "won = any_of(lambda: fcntl.fcntl(fd, 1024, 1), lambda: fcntl.fcntl(fd, 1024, 0),"
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
    Probe(
        "lease libraries",
        _LIBRARIES + "signal.signal(29, signal.SIG_IGN)\n"
        "won = any_of(*[lambda fd=fd, kind=kind, command=command: fcntl.fcntl(fd, command, kind)"
        " for fd in fds for command in (1024, 1040) for kind in (0, 1)])",
        _OWNER,
    ),
    Probe(
        "lock libraries, folders and devices as a whole",
        _LIBRARIES + "def held(p):\n"
        "    one, other = os.open(p, os.O_RDONLY), os.open(p, os.O_RDONLY)\n"
        "    libc.flock(one, 2 | 4)\n"
        "    return libc.flock(other, 2 | 4) < 0\n"
        "won = [p for p in (*paths, '/usr', '/usr/lib', os.path.dirname(os.__file__), '/dev/null', '/dev/urandom')"
        " if held(p)]",
        _CALLS,
    ),
    Probe(
        "lock libraries by their open files",
        _LIBRARIES + _ASK + "any_of(*[lambda fd=fd: fcntl.fcntl(fd, 37, lock(0)) for fd in fds],"
        " *[lambda fd=fd: fcntl.fcntl(fd, 38, lock(0)) for fd in fds])\n"
        "won = [p for p in paths if asked(p)]",
        _CALLS,
    ),
    Probe(
        "lock libraries for the process",
        _LIBRARIES
        + _ASK
        + "any_of(*[lambda fd=fd, c=c: fcntl.fcntl(fd, c, lock(0)) for fd in fds for c in (6, 7)],"
        " *[lambda fd=fd: fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB) for fd in fds])\n"
        "won = [p for p in paths if asked(p)]",
        _CALLS,
    ),
    Probe(
        "be told of every look at a library",
        _LIBRARIES + "folders = [os.open(p, os.O_RDONLY) for p in {os.path.dirname(p) for p in paths}]\n"
        "won = any_of(*[lambda fd=fd: fcntl.fcntl(fd, 1026, 0x8000003F) for fd in folders],"
        " *[lambda p=p: call('inotify_add_watch', call('inotify_init1', k), p.encode(), 0xFFF)"
        " for p in paths for k in (0, 0x800)],"
        " *[lambda k=k: call('fanotify_init', k, 0) for k in (0, 4, 8, 0x200, 0x400, 0x600, 0xE00)])",
        _CALLS,
    ),
    Probe(
        "set the times of libraries by descriptor",
        _LIBRARIES + "for p, fd in zip(paths, fds):\n"
        "    s = os.fstat(fd)\n    both = (s.st_atime_ns, s.st_mtime_ns)\n"
        "    exact = struct.pack('4q', *divmod(both[0], 10**9), *divmod(both[1], 10**9))\n"
        "    kept = struct.pack('4q', 0, (1 << 30) - 2, 0, (1 << 30) - 2)\n"
        "    now = struct.pack('4q', 0, (1 << 30) - 1, 0, (1 << 30) - 2)\n"
        "    any_of(lambda: os.utime(fd, ns=both), lambda: call('utimensat', fd, 0, exact, 0),"
        " lambda: call('utimensat', fd, b'', exact, 0x1000), lambda: call('utimensat', fd, 0, now, 0),"
        " lambda: call('utimensat', fd, 0, kept, 0), lambda: libc.futimens(fd, exact))\n" + _CHANGED,
        _OWNER,
    ),
    Probe(
        "set the times of libraries by path, link, folder",
        _LIBRARIES + "for n, p in enumerate(paths):\n"
        "    s = os.stat(p)\n    both = (s.st_atime_ns, s.st_mtime_ns)\n    os.symlink(p, f'to{n}')\n"
        "    folder, name = os.path.split(p)\n"
        "    any_of(lambda: os.utime(p, ns=both), lambda: os.utime(f'to{n}', ns=both),"
        " lambda: os.utime(name, ns=both, dir_fd=os.open(folder, os.O_PATH)),"
        " lambda: os.utime(f'/proc/self/fd/{fds[n]}', ns=both), lambda: os.utime(os.open(p, os.O_PATH), ns=both),"
        " lambda: call('futimesat', -100, p.encode(), struct.pack('4q', both[0] // 10**9, 0, both[1] // 10**9, 0)))\n"
        + _CHANGED,
        _OWNER,
    ),
    Probe(
        "set the mode and owner of libraries",
        _LIBRARIES + "for p, fd in zip(paths, fds):\n"
        "    s = os.fstat(fd)\n    mode = s.st_mode & 0o7777\n"
        "    any_of(lambda: os.chmod(p, mode), lambda: os.fchmod(fd, mode), lambda: os.chown(p, -1, -1),"
        " lambda: os.fchown(fd, s.st_uid, -1), lambda: call('fchmodat2', -100, p.encode(), mode, 0),"
        " lambda: os.chown(f'/proc/self/fd/{fd}', s.st_uid, -1))\n" + _CHANGED,
        _CALLS,
    ),
    Probe(
        "set flags and version of libraries",
        _LIBRARIES + "flags = bytearray(8)\nwon = any_of("
        "*[lambda fd=fd: fcntl.ioctl(fd, 0x40086602, bytes(fcntl.ioctl(fd, 0x80086601, bytes(flags)))) for fd in fds],"
        " *[lambda fd=fd: fcntl.ioctl(fd, 0x401C5820, fcntl.ioctl(fd, 0x801C581F, bytes(28))) for fd in fds])",
        _OWNER,
    ),
    Probe(
        "read and set attributes of files outside",
        "won = any_of(*[lambda p=p: os.listxattr(p) for p in (T['open'], T['file'], os.__file__)],"
        " lambda: os.setxattr(T['open'], 'user.x', b'x'), lambda: os.getxattr(T['open'], 'user.x'),"
        " lambda: os.listxattr(os.open(os.__file__, os.O_RDONLY)))",
        _CALLS,
        kind=READING,
    ),
    Probe(
        "push pages of libraries out of memory",
        "place = mmap.mmap(os.open(os.__file__, os.O_RDONLY), 0, prot=mmap.PROT_READ)\n"
        "won = any_of(*[lambda a=a: place.madvise(a) for a in (20, 21, 25, 100, 101)],"
        " lambda: call('cachestat', os.open(os.__file__, os.O_RDONLY), bytes(16), bytes(40), 0))",
        _CALLS,
    ),
    Probe(
        "have its pages merged with those of others",
        "place = mmap.mmap(-1, 1 << 16, flags=mmap.MAP_PRIVATE)\nplace.write(bytes(1 << 16))\n"
        "won = any_of(lambda: place.madvise(12), lambda: call('prctl', 67, 1, 0, 0, 0))",
        _CALLS,
    ),
    Probe(
        "ask for signals by its line to the grader",
        "won = any_of(lambda: fcntl.fcntl(3, 8, os.getppid()), lambda: fcntl.fcntl(3, 10, 9),"
        " lambda: fcntl.fcntl(3, 4, 0x2002), lambda: fcntl.ioctl(3, 0x5452, struct.pack('i', 1)),"
        " lambda: fcntl.ioctl(3, 0x8901, struct.pack('i', os.getppid())),"
        " lambda: fcntl.fcntl(3, 15, struct.pack('ii', 2, os.getppid())))",
        _CALLS,
    ),
    Probe(
        "have timers signal threads of others",
        "def event(pid): return struct.pack('qiii', 0, 10, 4, pid) + bytes(44)\n"
        "place = ctypes.create_string_buffer(8)\n"
        "won = [pid for pid in {T['decoy'], T['grader'], T['server'], os.getppid()} - {os.getpid(), 0}"
        " if libc.timer_create(1, event(pid), place) == 0]",
        (),
        level=1,
    ),
    Probe(
        "open files so that they signal",
        "files = []\n"
        "any_of(lambda: files.append(os.open('mine', os.O_CREAT | os.O_RDWR | 0x2000)),"
        " lambda: files.append(os.open(os.__file__, 0x2000)), lambda: files.extend(os.pipe2(0x2000)))\n"
        "won = any_of(*[lambda fd=fd: fcntl.fcntl(fd, 8, os.getpid()) or fcntl.fcntl(fd, 4, 0x2000) for fd in files])",
        _CALLS,
    ),
    Probe(
        "see where others' file systems are mounted",
        "request = struct.pack('IIQQ', 24, 0, 0xFFFFFFFFFFFFFFFF, 0)\n"
        "won = any_of(lambda: call('listmount', request, bytes(4096), 512, 0),"
        " lambda: call('statmount', request, bytes(4096), 4096, 0))",
        _CALLS,
        kind=READING,
    ),
)
