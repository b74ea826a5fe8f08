"""Probes that look for what belongs to others: files, memory, environment, descriptors, what others left."""

from autograder.doctor.probe import LANDLOCK, NAMESPACES, READING, SECCOMP, USER, Probe

_FILES = (LANDLOCK,)
_MEMORY = (SECCOMP, USER, NAMESPACES)


def _probe(name: str, source: str, *stopped_by: str, level: int | None = 2) -> Probe:
    return Probe(name, source, stopped_by, level, READING)


READS = (
    _probe("read a file outside", 'won = text(T["file"])', *_FILES),
    _probe("read a private file", 'won = text(T["private"])', LANDLOCK, USER),
    _probe("read by /proc/self/root", 'won = text("/proc/self/root" + T["file"])', *_FILES),
    _probe("read by a symbolic link", 'os.symlink(T["file"], "link")\nwon = text("link")', *_FILES),
    _probe("read by a hard link", 'os.link(T["file"], "link")\nwon = text("link")', *_FILES),
    _probe(
        "read by a descriptor that only names the file",
        'fd = os.open(T["file"], os.O_PATH)\nwon = text(f"/proc/self/fd/{fd}")',
        *_FILES,
    ),
    _probe(
        "read from a folder entered before",
        'os.chdir(T["folder"])\nwon = text("solutions.py") or os.listdir(".")',
        *_FILES,
    ),
    _probe(
        "read by a file handle",
        "handle = ctypes.create_string_buffer(struct.pack('Ii', 128, 0) + bytes(128))\n"
        "mount = ctypes.c_int()\n"
        "call('name_to_handle_at', -100, T['file'].encode(), ctypes.addressof(handle),"
        " ctypes.addressof(mount), 0)\n"
        "fd = call('open_by_handle_at', os.open('.', os.O_RDONLY), ctypes.addressof(handle), 0)\n"
        "won = os.read(fd, 4096).decode()",
        LANDLOCK,
        SECCOMP,
        USER,
    ),
    _probe(
        "list folders outside",
        "won = any_of(*[lambda p=p: os.listdir(p) for p in"
        " ('/', '/tmp', '/root', '/home', '/var', T['folder'], T['base'], os.path.dirname(os.getcwd()))])",
        *_FILES,
    ),
    _probe(
        "list other processes",
        "won = [pid for pid in (T['decoy'], T['grader'], T['server'], os.getppid())"
        " if any_of(lambda: os.listdir(f'/proc/{pid}'))]",
        LANDLOCK,
        NAMESPACES,
    ),
    _probe(
        "read environment and command line of another process",
        "for pid in (T['decoy'], T['grader'], T['server'], os.getppid()):\n"
        "    for name in ('environ', 'cmdline', 'maps', 'stat', 'status', 'stack'):\n"
        "        any_of(lambda: globals().update(won=text(f'/proc/{pid}/{name}')))",
        LANDLOCK,
        NAMESPACES,
    ),
    _probe(
        "read the memory of another process as a file",
        "for pid in (T['decoy'], T['grader'], T['server'], os.getppid()):\n"
        "    any_of(lambda: globals().update(won=bool(os.open(f'/proc/{pid}/mem', os.O_RDONLY))))",
        LANDLOCK,
        USER,
        NAMESPACES,
    ),
    _probe(
        "read the memory of another process by process_vm_readv",
        "room = ctypes.create_string_buffer(4096)\n"
        "here = struct.pack('QQ', ctypes.addressof(room), 4096)\n"
        "there = struct.pack('QQ', T['stack'], 4096)\n"
        "call('process_vm_readv', T['decoy'], here, 1, there, 1, 0)\nwon = True",
        *_MEMORY,
    ),
    _probe(
        "trace another process",
        "won = any_of(*[lambda pid=pid, how=how: call('ptrace', how, pid, 0, 0)"
        " for pid in (T['decoy'], T['server'], os.getppid()) for how in (16, 0x4206)])",
        *_MEMORY,
    ),
    _probe(
        "take a descriptor out of another process",
        "won = any_of(*[lambda pid=pid: call('pidfd_getfd', call('pidfd_open', pid, 0), 0, 0)"
        " for pid in (T['decoy'], T['server'], os.getppid())])",
        *_MEMORY,
    ),
    _probe(
        "compare descriptors with another process",
        "won = any_of(lambda: call('kcmp', os.getpid(), os.getppid(), 2, 0, 0))",
        SECCOMP,
        USER,
    ),
    _probe(
        "watch a folder outside",
        "fd = call('inotify_init1', 0)\n"
        "won = any_of(*[lambda p=p: call('inotify_add_watch', fd, p.encode(), 0xFFF)"
        " for p in (T['folder'], '/tmp', T['base'])])",
        SECCOMP,
    ),
    _probe(
        "find inherited descriptors",
        "won = []\n"
        "for fd in range(3, 4096):\n"
        "    try:\n"
        "        mode = os.fstat(fd).st_mode\n"
        "    except OSError:\n"
        "        continue\n"
        "    if fd != 3 or not stat.S_ISSOCK(mode):\n"
        "        won.append(fd)",
        level=1,
    ),
    _probe(
        "find a secret in the environment",
        "won = repr(dict(os.environ)) + text('/proc/self/environ') + text('/proc/self/cmdline')"
        " + repr(sys.argv) + repr(sys.orig_argv)",
        level=1,
    ),
    _probe(
        "find a secret among all objects",
        "frame, seen = sys._getframe(), []\n"
        "while frame:\n"
        "    seen += list(frame.f_locals.values()) + list(frame.f_globals.values())\n"
        "    frame = frame.f_back\n"
        "for thing in gc.get_objects() + seen:\n"
        "    try:\n"
        "        found = re.search('canary[-][0-9a-f]{32}', repr(thing))\n"
        "    except BaseException:\n"
        "        continue\n"
        "    if found:\n"
        "        won = found[0]",
        level=1,
    ),
    _probe(
        "find a secret in the memory that was inherited",
        "found = []\n"
        "with open('/proc/self/mem', 'rb', 0) as memory:\n"
        "    for line in open('/proc/self/maps'):\n"
        "        first, last = (int(word, 16) for word in line.split()[0].split('-'))\n"
        "        if 'rw' in line and last - first < 1 << 28:\n"
        "            any_of(lambda: found.extend(re.findall(rb'canary-[0-9a-f]{32}',"
        " os.pread(memory.fileno(), last - first, first))))\n"
        "won = repr(found)",
        level=1,
    ),
    _probe(
        "find what an earlier submission left",
        "won = [p for p in ('/dev/shm/left', '/tmp/left', '/var/tmp/left', 'left', T['base'] + '/left')"
        " if any_of(lambda: text(p))]\n"
        "any_of(*[lambda p=p: open(p, 'w').write('x') for p in"
        " ('/dev/shm/left', '/tmp/left', '/var/tmp/left', T['base'] + '/left')])\n"
        "won = won or any_of(*[lambda p=p: text(p) for p in ('/dev/shm/left', '/tmp/left')])",
        *_FILES,
    ),
    _probe(
        "enter the folder of another submission",
        "won = any_of(*[lambda p=p: os.listdir(os.path.join(T['base'], p)) for p in T['runs']])",
        LANDLOCK,
        USER,
    ),
    _probe(
        "learn that a private file exists, and its size",
        "won = any_of(lambda: os.stat(T['private']))",
        USER,
        level=None,
    ),
)
