"""Magics in a test cell that IPython does not come with: a course's own."""

import re
from collections.abc import Iterator

_LINE_MAGICS = """
    alias alias_magic autoawait autocall automagic bookmark cat cd code_wrap colors conda config cp
    debug dhist dirs doctest_mode ed edit env gui hist history killbgscripts ldir lf lk ll load
    load_ext loadpy logoff logon logstart logstate logstop ls lsmagic lx macro magic mamba man
    matplotlib micromamba mkdir more mv notebook page pastebin pdb pdef pdoc pfile pinfo pinfo2 pip
    popd pprint precision prun psearch psource pushd pwd pycat pylab quickref recall rehashx
    reload_ext rep rerun reset reset_selective rm rmdir run save sc set_env store sx system tb time
    timeit unalias unload_ext uv who who_ls whos xdel xmode autoreload aimport
"""
_CELL_MAGICS = """
    ! HTML SVG bash capture code_wrap debug file html javascript js latex markdown perl prun pypy
    python python2 python3 ruby script sh svg sx system time timeit writefile
"""
_SCRIPT = re.compile(r"\s*(%%(?:bash|cmd|perl|pypy|python[23]?|ruby|script|sh)\b.*)")
_MAGIC = re.compile(r"^[ \t]*(%%?)([A-Za-z_]\w*|!)", re.MULTILINE)


def find_own_magics(text: str) -> Iterator[str]:
    r"""Magics in a cell that IPython does not come with, such as `%%tests` of a course's own package.

    >>> list(find_own_magics("%%tests x\nassert x"))
    ['%%tests']
    >>> list(find_own_magics("%matplotlib inline\ny = 7 \\\n  %x"))
    []
    """
    for found in _MAGIC.finditer(text):
        first = not text[: found.start()].strip()
        if found[1] == "%%":
            if first and found[2] not in _CELL_MAGICS.split():
                yield f"%%{found[2]}"
        elif found[2] not in _LINE_MAGICS.split():
            before = text[: found.start()]
            opened = sum(map(before.count, "([{")) > sum(map(before.count, ")]}"))
            # The rest of a line above, where % is an operator, is no magic.
            if not opened and not before.rstrip().endswith("\\"):
                yield f"%{found[2]}"


def find_script(text: str) -> str:
    r"""The magic by which a whole cell is a script of another program, or the empty string.

    >>> find_script("%%bash\ntest -e out.txt"), find_script("%%capture\n!ls")
    ('%%bash', '')
    """
    found = _SCRIPT.match(text)
    return found[1].strip() if found else ""
