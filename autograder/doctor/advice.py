"""What each layer is, and how a machine that lacks it gets it."""

from autograder.doctor.probe import LANDLOCK, LIMITS, NAMESPACES, SECCOMP, USER

WHAT = {
    LIMITS: "limits of memory, time, files; a watchdog",
    LANDLOCK: "Landlock: no file but its own",
    SECCOMP: "seccomp: no process, socket or signal",
    USER: "a user of its own",
    NAMESPACES: "namespaces: no process or network to see",
}
HOW = {
    LIMITS: "grade on Linux; nothing else is needed.",
    LANDLOCK: (
        "Linux 5.13 or newer with landlock in the list that /sys/kernel/security/lsm shows (boot with "
        "lsm=landlock,... if it is not). In a container: a runtime whose seccomp profile lets landlock_* "
        "through (the default ones of Docker, Podman and containerd do since 2022)."
    ),
    SECCOMP: "a kernel with CONFIG_SECCOMP_FILTER (every distribution's), on x86_64 or aarch64.",
    USER: (
        "run as root: student code then becomes a user that owns nothing. In a container, keep the "
        "capabilities SETUID, SETGID, CHOWN, KILL and DAC_OVERRIDE (Docker's own default does)."
    ),
    NAMESPACES: (
        "as an ordinary user: allow user namespaces (sysctl user.max_user_namespaces=15000; on Ubuntu "
        "kernel.apparmor_restrict_unprivileged_userns=0). In a container: --cap-add SYS_ADMIN as root, or "
        "--security-opt seccomp=unconfined as an ordinary user."
    ),
}
MEANING = {
    0: "nothing: student code cannot be run here",
    1: "limits only: refused unless you ask for it by --accept-isolation 1",
    2: "confined: Landlock, seccomp, limits",
    3: "sealed: confined, and with a user or namespaces of its own",
}
