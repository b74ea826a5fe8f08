"""Probes that act on what is outside: files, processes, the network, the machine."""

from autograder.doctor.kernel_memory import KERNEL_MEMORY
from autograder.doctor.owned import OWNED
from autograder.doctor.probe import LANDLOCK, LIMITS, NAMESPACES, SECCOMP, USER, Probe

_FILES = (LANDLOCK,)
_CALLS = (SECCOMP,)

WRITES = (
    Probe("change a file outside", 'won = any_of(lambda: open(T["open"], "a").write("x"))', _FILES),
    Probe(
        "make a file outside",
        "won = any_of(*[lambda p=p: open(p + '/made', 'w') for p in"
        " ('/', '/tmp', '/var/tmp', '/dev/shm', '/run', T['everybody'], T['base'])])",
        _FILES,
    ),
    Probe("truncate a file outside", 'os.truncate(T["open"], 1)', (LANDLOCK, SECCOMP)),
    Probe("truncate a file opened for reading", 'os.open(T["open"], os.O_RDONLY | os.O_TRUNC)', _FILES),
    Probe(
        "rename, link, remove, make folders outside",
        "e = T['everybody']\n"
        "won = any_of(lambda: os.rename(T['open'], e + '/renamed'), lambda: os.mkdir(e + '/folder'),"
        " lambda: os.symlink('x', e + '/link'), lambda: os.link(T['open'], e + '/hard'),"
        " lambda: os.mkfifo(e + '/fifo'), lambda: os.unlink(T['open']),"
        " lambda: os.rename(T['open'], 'mine'))",
        _FILES,
    ),
    Probe(
        "change mode, owner, times, attributes of a file outside",
        "any_of(lambda: os.chmod(T['open'], 0o777), lambda: os.chown(T['open'], os.getuid(), -1),"
        " lambda: os.utime(T['open'], (1, 1)), lambda: os.setxattr(T['open'], 'user.x', b'x'),"
        " lambda: os.utime(T['file']), lambda: os.chmod(T['folder'], 0o777))",
        _CALLS,
    ),
    Probe(
        "write into the interpreter's folders",
        "import numpy\n"
        "won = any_of(*[lambda p=p: open(p, 'a') for p in (os.__file__, numpy.__file__, sys.executable,"
        " os.path.join(os.path.dirname(numpy.__file__), 'made.py'))])",
        (LANDLOCK, USER),
    ),
    Probe(
        "write through another process",
        "won = any_of(*[lambda pid=pid: os.open(f'/proc/{pid}/mem', os.O_WRONLY)"
        " for pid in (T['decoy'], T['server'], os.getppid())])",
        (LANDLOCK, NAMESPACES, USER),
    ),
    Probe(
        "make a device", "won = any_of(lambda: os.mknod('null', 0o20666, os.makedev(1, 3)))", (LANDLOCK, USER)
    ),
    Probe("type into a terminal", "won = any_of(lambda: os.open('/dev/tty', os.O_RDWR))", _FILES),
)

PROCESSES = (
    Probe("fork", "pid = os.fork()\nif pid == 0: os._exit(0)\nwon = True", _CALLS),
    Probe("start a program", "import subprocess\nwon = subprocess.run(['true']).returncode == 0", _CALLS),
    Probe("start a program by posix_spawn", "os.posix_spawn('/bin/true', ['true'], {})\nwon = True", _CALLS),
    Probe(
        "become another program",
        "os.execv('/bin/sh', ['sh', '-c', f'echo > {T[\"everybody\"]}/made'])",
        (SECCOMP, LANDLOCK),
    ),
    Probe(
        "start a process by clone, clone3, vfork",
        "def born(step):\n"
        "    before = os.getpid()\n"
        "    found = step()\n"
        "    if found == 0:\n"
        "        os._exit(0)\n"
        "won = any_of(lambda: born(lambda: call('clone', 17, 0, 0, 0, 0)),"
        " lambda: born(lambda: call('clone3', struct.pack('8Q', 0, 0, 0, 0, 17, 0, 0, 0), 64)))",
        _CALLS,
    ),
    Probe(
        "start a pool of processes",
        "import multiprocessing\n"
        "p = multiprocessing.get_context('fork').Process(target=int)\np.start()\nwon = True",
        _CALLS,
    ),
    Probe("end another process", 'os.kill(T["decoy"], 9)\nwon = True', (SECCOMP, USER, NAMESPACES)),
    Probe("end every process", "os.kill(-1, 0)\nwon = True", _CALLS),
    Probe("signal its group and its parent", "won = any_of(lambda: os.kill(os.getppid(), 0))", _CALLS),
    Probe(
        "signal by other calls",
        "info = struct.pack('iii', 15, 0, -1) + bytes(116)\n"
        "for pid in (T['decoy'], os.getppid()):\n"
        "    won = won or any_of(lambda: call('tkill', pid, 0), lambda: call('tgkill', pid, pid, 0),"
        " lambda: call('rt_sigqueueinfo', pid, 15, info),"
        " lambda: call('rt_tgsigqueueinfo', pid, pid, 15, info),"
        " lambda: call('pidfd_send_signal', call('pidfd_open', pid, 0), 0, 0, 0))",
        _CALLS,
    ),
    Probe(
        "have the kernel signal another process",
        "ear, mouth = os.pipe()\n"
        "won = any_of(lambda: fcntl.fcntl(ear, 8, T['decoy']), lambda: fcntl.fcntl(ear, 8, os.getppid()),"
        " lambda: fcntl.fcntl(ear, 15, struct.pack('ii', 1, os.getppid())))\n"
        "a, b = socket.socketpair()\n"
        "won += any_of(lambda: fcntl.ioctl(a, 0x8902, struct.pack('i', os.getppid())),"
        " lambda: fcntl.ioctl(a, 0x8901, struct.pack('i', os.getppid())))",
        _CALLS,
    ),
    Probe("wait for nobody's end", "call('prctl', 1, 0, 0, 0, 0)\nwon = True", _CALLS),
    Probe("let others trace it", "call('prctl', 4, 1, 0, 0, 0)\nwon = True", _CALLS),
)

TUNES = (
    Probe(
        "raise its own limits",
        "won = any_of(*[lambda w=w: resource.setrlimit(w, (resource.RLIM_INFINITY,) * 2) for w in"
        " (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU)])",
        (LIMITS,),
        level=1,
    ),
    Probe(
        "change another's limits",
        "new = struct.pack('QQ', 16, 16)\n"
        "won = any_of(*[lambda pid=pid: call('prlimit64', pid, 7, new, 0)"
        " for pid in (T['decoy'], os.getppid())])",
        (SECCOMP, USER),
    ),
    Probe(
        "change priority",
        "won = any_of(lambda: os.setpriority(0, T['decoy'], 19), lambda: os.setpriority(2, os.getuid(), 19),"
        " lambda: call('ioprio_set', 1, T['decoy'], 0x6000))",
        _CALLS,
    ),
    Probe(
        "change another's processors and scheduling",
        "won = any_of(lambda: os.sched_setaffinity(T['decoy'], {0}),"
        " lambda: os.sched_setaffinity(os.getppid(), {0}),"
        " lambda: os.sched_setscheduler(T['decoy'], os.SCHED_IDLE, os.sched_param(0)),"
        " lambda: os.sched_setscheduler(os.getppid(), os.SCHED_IDLE, os.sched_param(0)))",
        _CALLS,
    ),
    Probe(
        "be spared when memory runs out",
        "won = any_of(lambda: open('/proc/self/oom_score_adj', 'w').write('-1000'))",
        (LANDLOCK, USER),
    ),
    Probe(
        "set the clock",
        "now = struct.pack('qq', 1, 0)\n"
        "won = any_of(lambda: call('clock_settime', 0, now), lambda: call('settimeofday', now, 0))",
        (SECCOMP, USER),
    ),
    Probe(
        "rename the machine",
        "won = any_of(lambda: call('sethostname', b'mine', 4), lambda: call('setdomainname', b'mine', 4))",
        (SECCOMP, USER),
    ),
    Probe(
        "become root again",
        "won = any_of(lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgroups([0]),"
        " lambda: call('capset', struct.pack('II', 0x20080522, 0),"
        " struct.pack('6I', 1, 1, 1, 1, 1, 1)))",
        _CALLS,
    ),
    Probe(
        "enter namespaces, mounts, another root",
        "won = any_of(lambda: call('unshare', 0x10000000), lambda: call('setns', 0, 0),"
        " lambda: call('mount', b'none', b'.', b'tmpfs', 0, 0), lambda: call('chroot', b'.'),"
        " lambda: call('pivot_root', b'.', b'.'), lambda: call('umount2', b'/proc', 2))",
        _CALLS,
    ),
    Probe(
        "use rare doors of the kernel",
        "room = bytes(256)\n"
        "won = any_of(lambda: call('bpf', 0, room, 128), lambda: call('perf_event_open', room, 0, -1, -1, 0),"
        " lambda: call('userfaultfd', 1), lambda: call('io_uring_setup', 8, room),"
        " lambda: call('personality', 0x0040000), lambda: call('add_key', b'user', b'x', b'y', 1, -3),"
        " lambda: call('keyctl', 0, -3, 1), lambda: call('request_key', b'user', b'x', 0, -3),"
        " lambda: call('fanotify_init', 0, 0), lambda: call('io_setup', 1024, bytes(8)),"
        " lambda: call('memfd_create', b'x', 0), lambda: call('quotactl', 0, 0, 0, 0))",
        _CALLS,
    ),
    Probe(
        "use the system calls of another machine",
        "code = mmap.mmap(-1, 4096, prot=7)\n"
        "code.write(bytes.fromhex('b814000000cd80c3'))\n"
        "jump = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))\n"
        "won = T['machine'] == 'x86_64' and jump() > 0",
        _CALLS,
    ),
    Probe(
        "use system calls under their other numbers",
        "won = T['machine'] == 'x86_64' and libc.syscall(ctypes.c_long(0x40000000 + 39)) > 0",
        _CALLS,
    ),
)

TALKS = (
    Probe(
        "open a socket of any family",
        "won = any_of(*[lambda f=f, k=k: socket.socket(f, k) for f in range(46) for k in (1, 2, 3, 5)])",
        _CALLS,
    ),
    Probe(
        "connect by TCP",
        "socket.create_connection(('127.0.0.1', T['tcp']), 1)\nwon = True",
        (LANDLOCK, SECCOMP, NAMESPACES),
    ),
    Probe(
        "send by UDP",
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "s.sendto(b'x', ('127.0.0.1', T['udp']))\nwon = True",
        (SECCOMP, NAMESPACES),
    ),
    Probe(
        "connect to a unix socket",
        "s = socket.socket(socket.AF_UNIX)\ns.connect(T['stream'])\nwon = True",
        _CALLS,
    ),
    Probe(
        "send to a unix socket from one half of a pair",
        "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "won = any_of(lambda: a.sendto(b'x', T['datagram']), lambda: a.sendto(b'x', '\\0' + T['abstract']))",
        _CALLS,
    ),
    Probe(
        "pass a descriptor out of one half of a pair",
        "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack('i', 3))]\n"
        "a.sendmsg([b'x'], rights, 0, T['datagram'])\nwon = True",
        _CALLS,
    ),
    Probe(
        "send to a unix socket from the grader's own line",
        "wire = socket.socket(fileno=os.dup(3))\n"
        "won = any_of(lambda: wire.sendto(b'x', T['datagram']),"
        " lambda: wire.sendto(b'x', '\\0' + T['abstract']))",
        (),
        level=1,
    ),
    Probe(
        "pairs of other families",
        "won = any_of(*[lambda f=f, k=k: socket.socketpair(f, k) for f in range(2, 46) for k in (1, 2, 5)])",
        _CALLS,
    ),
    Probe("listen", "s = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen()\nwon = True", _CALLS),
    Probe(
        "share memory, queues, semaphores",
        "won = any_of(lambda: call('shmget', 77, 4096, 0o1666), lambda: call('msgget', 77, 0o1666),"
        " lambda: call('semget', 77, 1, 0o1666), lambda: call('mq_open', b'left', 0o102, 0o666, 0))",
        _CALLS,
    ),
    Probe(
        "share memory by multiprocessing",
        "from multiprocessing import shared_memory\n"
        "won = shared_memory.SharedMemory('left', create=True, size=16).name",
        (LANDLOCK,),
    ),
)

ACTS = (*WRITES, *PROCESSES, *TUNES, *TALKS, *OWNED, *KERNEL_MEMORY)
